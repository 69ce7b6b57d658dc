using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;

namespace NetworkIdentity.SamplePartner;

/// <summary>All that the sample app knows: what any relying party of any OpenID provider is told.</summary>
public sealed record SamplePartnerOptions
{
    /// <summary>The app's name, as people read it on its pages.</summary>
    public required string Name { get; init; }

    /// <summary>The provider's name, for the words "Sign in with ...". A discovery document has none.</summary>
    public required string NationName { get; init; }

    /// <summary>The app's own origin, for example <c>http://library.localhost:5081</c>. It listens there, on the loopback interface for names under .localhost.</summary>
    public required string Origin { get; init; }

    /// <summary>The address of the provider's metadata: the issuer with <c>/.well-known/openid-configuration</c> behind it [OIDC-Discovery §4].</summary>
    public required string DiscoveryUrl { get; init; }

    /// <summary>The client id that the app was registered under.</summary>
    public required string ClientId { get; init; }

    /// <summary>The secret that it was given with it.</summary>
    public required string ClientSecret { get; init; }

    /// <summary>What it asks for.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = ["openid", "membership"];

    /// <summary>The node whose door this is, for example <c>Lisbon</c>: the app then admits whoever arrives, or doesn't. Null where it is a library.</summary>
    public string? Node { get; init; }

    /// <summary>The certificate with its private key, where <see cref="Origin"/> is https; else null.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>What leads from <see cref="Certificate"/> towards its root; null where nothing stands between.</summary>
    public X509Certificate2Collection? CertificateChain { get; init; }

    /// <summary>The one root that the provider's own certificate must lead to; null for those that the system trusts.</summary>
    public X509Certificate2? TrustedRoot { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where the app logs; its owner disposes of it.</summary>
    public ILoggerFactory Log { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Where answers come back to: what to register.</summary>
    public string RedirectUri => Origin + SamplePartnerApp.CallbackPath;

    /// <summary>The name alone: there is a secret in here.</summary>
    public override string ToString() => Name;
}
