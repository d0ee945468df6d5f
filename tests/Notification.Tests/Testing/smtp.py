"""A real mail server for tests: aiosmtpd with STARTTLS and AUTH demanded. The local part of an address chooses what happens to it."""
import asyncio
import base64
import json
import signal
import ssl
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

port, certificate, key, received, refuses = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4], sys.argv[5]
seen = set()


def refusal(step):
    """What it says at this step instead, while a file tells it to."""
    try:
        with open(refuses, encoding="ascii") as file:
            at, reply = file.read().split(" ", 1)
    except FileNotFoundError:
        return None
    return reply if at == step else None


class Server(SMTP):
    async def push(self, status):
        is_greeting = isinstance(status, str) and status.endswith(self.__ident__)
        await super().push(is_greeting and refusal("greeting") or status)


class Listener(Controller):
    def factory(self):
        return Server(self.handler, **self.SMTP_kwargs)


class Handler:
    async def handle_MAIL(self, server, session, envelope, address, options):
        if reply := refusal("MAIL"):
            return reply
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if reply := refusal("RCPT"):
            return reply
        if address.startswith("tolak"):
            return "550 5.1.1 no such mailbox"
        if address.startswith(("nanti", "sela", "tutup")) and address not in seen:
            seen.add(address)
            if address.startswith("sela"):
                server.transport.abort()
            return "421 4.3.2 closing" if address.startswith("tutup") else "451 4.7.1 come again"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        address = envelope.rcpt_tos[0]
        if address.startswith("sibuk") and address not in seen:
            seen.add(address)
            return "452 4.3.1 no room at the moment"
        with open(received, "a", encoding="ascii") as file:
            file.write(json.dumps({
                "from": envelope.mail_from,
                "to": envelope.rcpt_tos[0],
                "tls": session.ssl is not None,
                "connection": session.peer[1],
                "data": base64.b64encode(envelope.content).decode("ascii"),
            }) + "\n")
        # From here on it has the e-mail, whatever it says.
        if address.startswith("diam"):
            await asyncio.sleep(3600)
        if address.startswith("lambat"):
            await asyncio.sleep(0.05)
        if address.startswith("aneh"):
            return "what?"
        if address.startswith("teruskan"):
            return "354 go on"
        if address.startswith("putus"):
            server.transport.abort()
        if address.startswith("penuh"):
            return "552 5.2.2 mailbox full"
        return "250 2.0.0 OK"


def authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=data.login == b"kota" and data.password == b"sandi-uji")


context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(certificate, key)
controller = Listener(Handler(), hostname="127.0.0.1", port=port, tls_context=context, require_starttls=True, auth_required=True, authenticator=authenticate)
controller.start()
print("ready", flush=True)
signal.sigwait({signal.SIGTERM, signal.SIGINT})
