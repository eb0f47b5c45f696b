/* Signing with a passkey: asks the browser for an assertion over the challenge in the page and submits the form with it: at a
   button of its own, or, where nothing else signs, at the form's. */
(() => {
  'use strict'

  const toBytes = (text) => {
    const padded = text.replace(/-/g, '+').replace(/_/g, '/') + '='.repeat((4 - (text.length % 4)) % 4)
    return Uint8Array.from(atob(padded), (character) => character.charCodeAt(0))
  }

  const toText = (buffer) => {
    const characters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join('')
    return btoa(characters).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
  }

  const asRequest = (options) => ({
    ...options,
    challenge: toBytes(options.challenge),
    allowCredentials: (options.allowCredentials || []).map((known) => ({ ...known, id: toBytes(known.id) }))
  })

  const asAnswer = (credential) => ({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: {
      authenticatorData: toText(credential.response.authenticatorData),
      clientDataJSON: toText(credential.response.clientDataJSON),
      signature: toText(credential.response.signature),
      userHandle: credential.response.userHandle ? toText(credential.response.userHandle) : null
    }
  })

  const sign = async (field) => {
    const form = field.form
    const state = form.querySelector('[data-passkey-state]')
    state.textContent = ''
    try {
      const options = JSON.parse(field.dataset.options)
      const credential = await navigator.credentials.get({ publicKey: asRequest(options.publicKey) })
      field.value = JSON.stringify(asAnswer(credential))
    } catch {
      state.textContent = field.dataset.refused
      return
    }
    form.noValidate = true
    form.requestSubmit()
  }

  // What else is to be typed or ticked is told before the key is asked for.
  const isFilled = (form) => form.reportValidity() && (!form.elements.password || form.elements.password.value)

  const prepare = (field) => {
    const form = field.form
    const button = form.querySelector('[data-passkey-sign]')
    if (!window.PublicKeyCredential) {
      form.querySelector('[data-passkey-state]').textContent = field.dataset.missing
      if (button) { button.disabled = true }
      return
    }
    if (button) { button.addEventListener('click', () => sign(field)) }
    if ('passkeyOnly' in field.dataset) {
      form.addEventListener('submit', (event) => {
        if (field.value || !isFilled(form)) { return }
        event.preventDefault()
        sign(field)
      })
    }
    // A page brought back from the browser's memory carries an answer that was used.
    window.addEventListener('pageshow', () => { field.value = '' })
  }

  for (const field of document.querySelectorAll('[data-passkey-answer]')) { prepare(field) }
})()
