"""The Telegram bot: updates come in, plain functions answer them, and each reply is sent once.

inbox.py     what Telegram delivers becomes rows, by polling or by webhook.py
updates.py   a row's payload becomes a typed value
talk.py      a typed value becomes replies
answering.py a photo whose upload is answered becomes its reply
outbox.py    a reply becomes a row, and a row is sent
connecting.py is the way to Telegram
bot.py       keeps all of these going, chat beside chat, in order within each
"""
