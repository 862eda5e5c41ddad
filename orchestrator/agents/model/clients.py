"""Models of pydantic-ai, made for one provider each: keys and addresses are handed to the SDKs, which look for none.

Every library is imported in the function that needs it. The SDKs' own retries are off: the engine has its ladder.
"""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from orchestrator.agents.model.faults import Source
from orchestrator.errors import MissingExtra, WorkspaceError
from orchestrator.model.nearness import did_you_mean
from orchestrator.model.settings import Model, Provider, ProviderKind

if TYPE_CHECKING:
    import httpx2
    import pydantic_ai.models

Keys = Callable[[str], str | None]
"""An environment variable's value by its name, None where it is not set."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a kind of provider is reached. `keys` are the names under which its SDK would look for one."""

    library: str
    module: str
    """Where pydantic-ai has it."""
    extra: str
    keys: tuple[str, ...]
    address: str
    is_keyless: bool = False


_KINDS = {
    ProviderKind.OPENAI: _Kind(
        "openai", "pydantic_ai.models.openai", "openai", ("OPENAI_API_KEY",), "https://api.openai.com/v1"
    ),
    ProviderKind.ANTHROPIC: _Kind(
        "anthropic", "pydantic_ai.models.anthropic", "anthropic", ("ANTHROPIC_API_KEY",), "https://api.anthropic.com"
    ),
    ProviderKind.GOOGLE: _Kind(
        "google.genai",
        "pydantic_ai.models.google",
        "google",
        ("GOOGLE_API_KEY", "GEMINI_API_KEY"),
        "https://generativelanguage.googleapis.com",
    ),
    ProviderKind.MISTRAL: _Kind(
        "mistralai", "pydantic_ai.models.mistral", "mistral", ("MISTRAL_API_KEY",), "https://api.mistral.ai"
    ),
    ProviderKind.OLLAMA: _Kind(
        "openai",
        "pydantic_ai.models.ollama",
        "openai",
        ("OLLAMA_API_KEY",),
        "http://localhost:11434/v1",
        is_keyless=True,
    ),
    ProviderKind.BEDROCK: _Kind(
        "boto3", "pydantic_ai.models.bedrock", "bedrock", ("AWS_BEARER_TOKEN_BEDROCK",), "", is_keyless=True
    ),
}
_LOUD = r"(pydantic|pydantic_ai|pydantic_core|genai_prices|openai|anthropic|google|mistralai|httpx2|mcp)(\.|\Z)"
"""Modules whose warnings quote what a provider sent."""
_PROXIES = [each for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy") for each in (name, name.upper())]
_NO_KEY = "no-key"
"""What a server that asks for no key is sent, since the SDKs insist on one."""


def kind_of(name: str, provider: Provider | None) -> ProviderKind:
    """Return the wire that a provider speaks. Raises WorkspaceError where nobody knows."""
    said = provider.kind if provider else None
    if said is not None:
        return said
    if name in set(ProviderKind):
        return ProviderKind(name)
    hint = did_you_mean(name, tuple(ProviderKind), "providers")
    how = f"say what it speaks, in orchestrator.yaml: providers: {{{name}: {{kind: openai, base_url: 'https://…/v1'}}}}"
    raise WorkspaceError(f"nobody knows how to reach the provider {name!r}", hint=f"{hint}; or {how}" if hint else how)


def load(kind: ProviderKind) -> None:
    """Import what a kind of provider needs: seconds, the first time, and nothing after that. It warns nobody."""
    for module in ("orchestrator.agents.model.conversation", "orchestrator.agents.model.wire", _KINDS[kind].module):
        import_module(module)
    warnings.filterwarnings("ignore", module=_LOUD)


def require(kind: ProviderKind) -> None:
    """Raise MissingExtra where the libraries of a kind of provider are not installed. Nothing is imported."""
    need = _KINDS[kind]
    if not (_is_installed("pydantic_ai") and _is_installed(need.library)):
        raise missing(f"models of {kind}", need.extra)


def missing(what: str, extra: str) -> MissingExtra:
    """Return the error that says what to install."""
    hint = f"pip install 'git-orchestrator[{extra}]'"
    return MissingExtra(f"{what} need libraries that are not installed", hint=hint)


def _is_installed(library: str) -> bool:
    try:
        return find_spec(library) is not None
    except ModuleNotFoundError:
        return False


@dataclass(frozen=True, slots=True)
class Access:
    """How one model is reached: where, and with which key."""

    kind: ProviderKind
    model: Model
    base_url: str | None
    """None: the provider's own."""
    key_name: str | None
    secret: str

    @property
    def address(self) -> str:
        """Return where it is; empty where the SDK makes it up of a region."""
        return self.base_url or _KINDS[self.kind].address

    @property
    def source(self) -> Source:
        """Return whom messages name."""
        host = urlsplit(self.address).netloc
        secrets = (self.secret,) if self.secret not in ("", _NO_KEY) else ()
        return Source(self.model.name, host, self.key_name, secrets)


def access(kind: ProviderKind, provider: Provider | None, model: Model, key: Keys) -> Access:
    """Return how the model is reached. Raises WorkspaceError where its key is not set.

    A server of one's own is sent a key only where the settings name one for it: never a key that is meant for another.
    """
    base_url = model.base_url or (provider.base_url if provider else None)
    named = provider.key if provider else None
    names = (named,) if named else _KINDS[kind].keys if base_url is None else ()
    for name in names:
        if secret := key(name):
            return Access(kind, model, base_url, name, secret)
    if named or not (base_url or _KINDS[kind].is_keyless):
        raise WorkspaceError(
            f"the key of {model.provider} is not set",
            hint=f"set the environment variable {names[0]}, or name another under providers.{model.provider}.key",
        )
    return Access(kind, model, base_url, None, _NO_KEY)


def made(access: Access, http: "httpx2.AsyncClient", key: Keys) -> "pydantic_ai.models.Model[Any]":
    """Return the model, ready to be asked over an HTTP client that the caller keeps. Raises WorkspaceError."""
    name = access.model.name.partition(":")[2] or access.model.name
    builders: Mapping[ProviderKind, Callable[[], pydantic_ai.models.Model[Any]]] = {
        ProviderKind.OPENAI: lambda: _openai(access, name, http),
        ProviderKind.OLLAMA: lambda: _ollama(access, name, http),
        ProviderKind.ANTHROPIC: lambda: _anthropic(access, name, http),
        ProviderKind.GOOGLE: lambda: _google(access, name, http),
        ProviderKind.MISTRAL: lambda: _mistral(access, name, http),
        ProviderKind.BEDROCK: lambda: _bedrock(access, name, key),
    }
    return builders[access.kind]()


def _openai_client(access: Access, http: "httpx2.AsyncClient") -> Any:
    from openai import AsyncOpenAI

    client = AsyncOpenAI(
        api_key=access.secret, base_url=access.address, max_retries=0, timeout=http.timeout, http_client=http
    )
    # What its constructor takes from the environment unasked: whom to bill, and headers for every request.
    client.organization = client.project = client.admin_api_key = client.webhook_secret = None
    client._custom_headers, client._ambient_authorizations = {}, frozenset()
    return client


def _openai(access: Access, name: str, http: "httpx2.AsyncClient") -> "pydantic_ai.models.Model[Any]":
    """Chat completions, which OpenAI and every server that is compatible with it speak."""
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.profiles.openai import OpenAIModelProfile
    from pydantic_ai.providers.openai import OpenAIProvider

    provider = OpenAIProvider(openai_client=_openai_client(access, http))
    whole = OpenAIModelProfile(openai_chat_streaming_requires_finish_reason=True)
    return OpenAIChatModel(name, provider=provider, profile=whole)


def _ollama(access: Access, name: str, http: "httpx2.AsyncClient") -> "pydantic_ai.models.Model[Any]":
    from pydantic_ai.models.ollama import OllamaModel
    from pydantic_ai.profiles.openai import OpenAIModelProfile
    from pydantic_ai.providers.ollama import OllamaProvider

    provider = OllamaProvider(openai_client=_openai_client(access, http))
    whole = OpenAIModelProfile(openai_chat_streaming_requires_finish_reason=True)
    return OllamaModel(name, provider=provider, profile=whole)


def _anthropic(access: Access, name: str, http: "httpx2.AsyncClient") -> "pydantic_ai.models.Model[Any]":
    from anthropic import AsyncAnthropic
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.providers.anthropic import AnthropicProvider

    client = AsyncAnthropic(
        api_key=access.secret,
        # As with OpenAI's, so that one address in the settings does for both.
        base_url=access.address.removesuffix("/").removesuffix("/v1"),
        max_retries=0,
        timeout=http.timeout,
        open_telemetry=False,
        http_client=http,
    )
    client.webhook_key = None
    client._custom_headers = {}
    return AnthropicModel(name, provider=AnthropicProvider(anthropic_client=client))


def _google(access: Access, name: str, http: "httpx2.AsyncClient") -> "pydantic_ai.models.Model[Any]":
    from pydantic_ai.models.google import GoogleModel
    from pydantic_ai.providers.google import GoogleProvider

    provider = GoogleProvider(api_key=access.secret, base_url=access.address, http_client=http)
    return GoogleModel(name, provider=provider)


def _mistral(access: Access, name: str, http: "httpx2.AsyncClient") -> "pydantic_ai.models.Model[Any]":
    from pydantic_ai.models.mistral import MistralModel
    from pydantic_ai.providers.mistral import MistralProvider

    provider = MistralProvider(api_key=access.secret, base_url=access.address, http_client=http)
    return MistralModel(name, provider=provider)


def _bedrock(access: Access, name: str, key: Keys) -> "pydantic_ai.models.Model[Any]":
    """Signed with the keys that are handed in; no profile of the user's, and no metadata service, is asked for one."""
    from pydantic_ai.models.bedrock import BedrockConverseModel
    from pydantic_ai.providers.bedrock import BedrockProvider

    return BedrockConverseModel(name, provider=BedrockProvider(bedrock_client=_bedrock_client(access, key)))


def _bedrock_client(access: Access, key: Keys) -> Any:
    region = key("AWS_REGION") or key("AWS_DEFAULT_REGION")
    if not region:
        raise WorkspaceError("Bedrock needs a region", hint="set the environment variable AWS_REGION")
    address = access.base_url or f"https://bedrock-runtime.{region}.amazonaws.com"
    config = _bedrock_config(address, key)
    session = import_module("boto3").Session(region_name=region, **_bedrock_keys(access, key))
    if access.key_name:
        providers = import_module("pydantic_ai.providers.bedrock")
        session = import_module("boto3").Session(
            botocore_session=providers._BearerTokenSession(access.secret), region_name=region
        )
        config["signature_version"] = "bearer"
    made = import_module("botocore.config").Config(**config)
    roots = key("SSL_CERT_FILE") or True
    return session.client("bedrock-runtime", config=made, endpoint_url=access.base_url, verify=roots)


def _bedrock_config(address: str, key: Keys) -> dict[str, Any]:
    """What is said here, botocore does not look up in the environment: proxies, even none, and endpoints."""
    from orchestrator.agents.model.wire import proxy

    environ = {name: value for name in _PROXIES if (value := key(name))}
    through = proxy(environ, address)
    return {
        "retries": {"total_max_attempts": 1},
        "connect_timeout": 10,
        "read_timeout": 600,
        "ignore_configured_endpoint_urls": True,
        "proxies": {"http": through, "https": through} if through else {},
    }


def _bedrock_keys(access: Access, key: Keys) -> dict[str, str]:
    if access.key_name:
        return {}
    identity, secret, token = key("AWS_ACCESS_KEY_ID"), key("AWS_SECRET_ACCESS_KEY"), key("AWS_SESSION_TOKEN")
    if not (identity and secret):
        raise WorkspaceError(
            "Bedrock needs a key",
            hint="set AWS_BEARER_TOKEN_BEDROCK, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in the environment",
        )
    session = {"aws_session_token": token} if token else {}
    return {"aws_access_key_id": identity, "aws_secret_access_key": secret, **session}
