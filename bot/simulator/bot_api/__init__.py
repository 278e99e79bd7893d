"""The Bot API as a bot sees it: one function a method, refusing what Telegram refuses."""
