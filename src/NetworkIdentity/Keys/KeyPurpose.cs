using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Keys;

/// <summary>What a key is for. A key serves one purpose, and a signature of one purpose is never taken for another's.</summary>
/// <param name="Name">The name it is stored under.</param>
/// <param name="Algorithms">The algorithms it exists in.</param>
/// <param name="SignsFor">How long a key of it signs before its successor does.</param>
/// <param name="OutlivedBy">How long what it signed last may still have to be verified.</param>
/// <param name="ExtendedKeyUsage">The extended key usage of its certificate; null where it has no certificate.</param>
public sealed record KeyPurpose(string Name, IReadOnlyList<string> Algorithms, TimeSpan SignsFor, TimeSpan OutlivedBy, string? ExtendedKeyUsage)
{
    // Microsoft's arc for whoever has none: a random UUID in parts, made once. Each part is below 2^28, since Go's parser takes no larger one, and a
    // UUID in one piece under 2.25 [X.667] would make the certificates unreadable there.
    private const string Arc = "1.2.840.113556.1.8000.2554.51763.20894.44718.17365.41207.9834521.3407789";

    /// <summary>The algorithm of a symmetric secret, which signs nothing that leaves the server.</summary>
    public const string Hmac = "HS256";

    /// <summary>The nation's root certificate authority. It outlives the longest leaf that it signs last.</summary>
    public static readonly KeyPurpose Root = new("root", [JoseAlgorithm.ES256], Years(25), Years(3), null);

    /// <summary>Signs credentials.</summary>
    public static readonly KeyPurpose Credential = new("credential", [JoseAlgorithm.ES256], Years(1), Years(2), Arc + ".1");

    /// <summary>Signs status lists.</summary>
    public static readonly KeyPurpose StatusList = new("status-list", [JoseAlgorithm.ES256], Years(1), Years(1), Arc + ".2");

    /// <summary>Signs requests to wallets.</summary>
    public static readonly KeyPurpose Request = new("request", [JoseAlgorithm.ES256], Years(1), Years(1), Arc + ".3");

    /// <summary>Signs ID tokens.</summary>
    public static readonly KeyPurpose IdToken = new(
        "id-token", [JoseAlgorithm.RS256, JoseAlgorithm.ES256, JoseAlgorithm.EdDSA], Years(1), TimeSpan.FromDays(30), null);

    /// <summary>The certificate of the development server, from the nation's own root (id-kp-serverAuth).</summary>
    public static readonly KeyPurpose Tls = new("tls", [JoseAlgorithm.ES256], Years(1), TimeSpan.FromDays(30), "1.3.6.1.5.5.7.3.1");

    /// <summary>Signs the checkpoints of the public log. A log is known by its key: so it lasts.</summary>
    public static readonly KeyPurpose Log = new("log", [JoseAlgorithm.EdDSA], Years(25), Years(75), null);

    /// <summary>The secret that pairwise subjects are made with. Never rotated: a new one would make every member a stranger to every partner.</summary>
    public static readonly KeyPurpose Subject = new("subject", [Hmac], Years(1000), TimeSpan.Zero, null);

    /// <summary>Signs W3C credentials, and what else the nation says by its DID.</summary>
    public static readonly KeyPurpose Assertion = new("assertion", [JoseAlgorithm.EdDSA, JoseAlgorithm.ES256], Years(1), Years(2), null);

    /// <summary>Signs what the nation says that is no credential and no list: trust bundles, reports of verifications, recognitions. What a signature is of, its <c>typ</c> says.</summary>
    public static readonly KeyPurpose Statement = new("statement", [JoseAlgorithm.ES256], Years(1), Years(2), Arc + ".4");

    /// <summary>Signs the log of the nation's DID: each entry has its own, and the one before it commits to it. No clock retires it.</summary>
    public static readonly KeyPurpose DidUpdate = new("did-update", [JoseAlgorithm.EdDSA], Years(1000), TimeSpan.Zero, null) { IsByTime = false };

    /// <summary>All purposes, the root first.</summary>
    public static readonly IReadOnlyList<KeyPurpose> All = [Root, Credential, StatusList, Request, IdToken, Tls, Log, Subject, Assertion, Statement, DidUpdate];

    private const string InstancePrefix = "vcalm:";

    /// <summary>Signs what a VCALM instance issues, and nothing of the nation's. No clock retires it: its DID is the key.</summary>
    /// <param name="instance">The instance's name.</param>
    /// <param name="algorithm">The algorithm of its key.</param>
    public static KeyPurpose OfInstance(string instance, string algorithm) => new(InstancePrefix + instance, [algorithm], Years(1000), TimeSpan.Zero, null) { IsByTime = false };

    /// <summary>The purpose of a stored key. Those of instances that are not configured any more are there too.</summary>
    internal static KeyPurpose Of(string name, string algorithm) => name.StartsWith(InstancePrefix, StringComparison.Ordinal)
        ? OfInstance(name[InstancePrefix.Length..], algorithm)
        : All.Single(purpose => purpose.Name == name);

    /// <summary>Whether its keys are made by the clock, each before its predecessor retires.</summary>
    public bool IsByTime { get; private init; } = true;

    private static TimeSpan Years(int years) => TimeSpan.FromDays(365 * years);
}
