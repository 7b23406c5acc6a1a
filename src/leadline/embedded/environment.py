"""The environment of the product's processes: settings by the names of the contract."""

from __future__ import annotations

import os

from leadline.embedded.addresses import Addresses
from leadline.embedded.options import Options


def environment(options: Options, addresses: Addresses, url: str) -> dict[str, str]:
    """Ours first of all, then what was set for us, then that of the machine."""
    ours = {
        "LEADLINE_SOURCE_URL": addresses.reader,
        "LEADLINE_OWNER_URL": addresses.rollups,
        "LEADLINE_REPLICA_URLS": ",".join(addresses.replicas),
        "LEADLINE_STATE_URL": addresses.state,
        "LEADLINE_REDIS_URL": addresses.redis,
        "LEADLINE_DATA_DIR": str(options.data_dir),
        "LEADLINE_PORT": str(options.port),
        "LEADLINE_URL": url,
        "LEADLINE_CLOCK": options.clock,
    }
    return {**os.environ, **options.settings, **ours}
