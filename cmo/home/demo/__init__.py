"""The demo world: invented organisations and people, built through the actions, so that every screen has something
to show. Nothing here names a real enterprise, product or person; every organisation's name begins with 示例 / Demo.
"""
