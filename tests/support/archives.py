"""Make archives for a test."""

import io
import tarfile


def tar_gz(members):
    """Return the bytes of a .tar.gz of `members`, a dict of names to bytes. A TarInfo is a member without bytes."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, content in members.items():
            info = content if isinstance(content, tarfile.TarInfo) else tarfile.TarInfo(name)
            if isinstance(content, bytes):
                info.size = len(content)
            tar.addfile(info, io.BytesIO(content) if isinstance(content, bytes) else None)
    return packed.getvalue()
