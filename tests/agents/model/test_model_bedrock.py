"""What the SDK of Bedrock is told, so that it looks nothing up by itself."""

import pytest

from orchestrator.agents.model.clients import _bedrock_config

ADDRESS = "https://bedrock-runtime.eu-west-1.amazonaws.com"


@pytest.mark.parametrize(
    ("environ", "proxies"),
    [
        ({}, {}),
        ({"HTTPS_PROXY": "http://p:1"}, {"http": "http://p:1", "https": "http://p:1"}),
        ({"https_proxy": "http://p:1", "NO_PROXY": "amazonaws.com"}, {}),
    ],
)
def test_endpoints_and_proxies_are_handed_in(environ: dict[str, str], proxies: dict[str, str]) -> None:
    assert _bedrock_config(ADDRESS, environ.get) == {
        "retries": {"total_max_attempts": 1},
        "connect_timeout": 10,
        "read_timeout": 600,
        "ignore_configured_endpoint_urls": True,
        "proxies": proxies,
    }
