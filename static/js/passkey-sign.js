/* Signing with a passkey: asks the browser for an assertion over the challenge in the page and submits the form with it. */
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

  const sign = async (button) => {
    const form = button.form
    const state = form.querySelector('[data-passkey-state]')
    const options = JSON.parse(button.dataset.options)
    try {
      const credential = await navigator.credentials.get({ publicKey: asRequest(options.publicKey) })
      form.querySelector('[data-passkey-answer]').value = JSON.stringify(asAnswer(credential))
    } catch {
      state.textContent = button.dataset.refused
      return
    }
    form.noValidate = true
    form.requestSubmit()
  }

  for (const button of document.querySelectorAll('[data-passkey-sign]')) {
    if (window.PublicKeyCredential) {
      button.addEventListener('click', () => sign(button))
    } else {
      button.disabled = true
      button.form.querySelector('[data-passkey-state]').textContent = button.dataset.missing
    }
  }
})()
