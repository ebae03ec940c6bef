"""The demo's IMAP server in a process of its own: pymap, with letters kept as files by the parent.

It reads one JSON object a line: first its configuration, then one letter to take in at a time, and answers each with a
line. When its input ends it stops, so it never outlives the parent, however that died.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from argparse import Namespace
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.user import UserMetadata
from pysasl.hashing import BuiltinHash

_HASH = BuiltinHash(rounds=1)  # the demo's passwords are no secret; each connection would wait for a slow one


async def serve() -> None:
    lines = await _stdin()
    configuration = json.loads(await lines.readline())
    backend = await _backend(configuration)
    for user in configuration["users"]:
        await _welcome(backend, user)
    async with AsyncExitStack() as stack:
        await backend.start(stack)
        ports = await _listen(backend, configuration, stack)
        _say(ports)
        while line := await lines.readline():
            order = json.loads(line)
            await _take_in(backend, order["login"], Path(order["path"]))
            _say({"taken": order["path"]})


async def _stdin() -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    return reader


async def _backend(configuration: dict[str, Any]) -> DictBackend:
    tls = bool(configuration["chain"])
    args = Namespace(
        host="127.0.0.1",
        port=0,
        debug=False,
        tls=tls,
        cert=configuration["chain"],
        key=configuration["key"],
        demo_data=False,
        demo_user="",
        demo_password="",
        passlib_cfg=None,
        proxy_protocol=None,
    )
    backend, config = await DictBackend.init(args, hash_context=_HASH, invalid_user_sleep=0.0)
    config.apply_context()
    backend.login.users_dict.clear()
    return backend


async def _welcome(backend: DictBackend, user: dict[str, Any]) -> None:
    config = backend.config
    name = user["login"]
    backend.login.users_dict[name] = UserMetadata(config, name, password=_HASH.hash(user["password"]))
    async with backend.login.demo_user_identity.__class__(name, backend.login, None, frozenset()).new_session() as one:
        for folder in user["folders"]:
            await one.mailbox_set.add_mailbox(folder)
    for path in sorted(Path(user["mail"]).glob("*.eml")):
        await _take_in(backend, name, path)


async def _take_in(backend: DictBackend, login: str, path: Path) -> None:
    mailboxes, _ = backend.config.set_cache[login]
    inbox = await mailboxes.get_mailbox("INBOX")
    when = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    await inbox.append(AppendMessage(path.read_bytes(), when), recent=True)


async def _listen(backend: DictBackend, configuration: dict[str, Any], stack: AsyncExitStack) -> dict[str, int]:
    config = backend.config
    connected = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))
    wanted = {"imap": None, "imaps": config.ssl_context} if configuration["chain"] else {"imap": None}
    ports = {}
    for name, tls in wanted.items():
        server = await asyncio.start_server(connected, "127.0.0.1", configuration[name], ssl=tls)
        await stack.enter_async_context(server)
        ports[name] = server.sockets[0].getsockname()[1]
    return ports


def _say(what: dict[str, Any]) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    os.environ.setdefault("FQDN", "localhost")  # else pymap asks the name service at each greeting
    asyncio.run(serve())
