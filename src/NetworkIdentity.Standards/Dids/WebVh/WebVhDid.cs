namespace NetworkIdentity.Standards.Dids.WebVh;

/// <summary>A did:webvh [DID-WebVH §Method-Specific Identifier]: the hash of its own beginning, and where its log is.</summary>
public sealed record WebVhDid
{
    private const string Prefix = "did:webvh:";

    private readonly string _text;

    private WebVhDid(string text, string scid, WebLocation location)
    {
        _text = text;
        Scid = scid;
        Location = location;
    }

    /// <summary>The self-certifying identifier: it is the same for as long as the DID lives, wherever its log moves to.</summary>
    public string Scid { get; }

    /// <summary>The host and path.</summary>
    public WebLocation Location { get; }

    /// <summary>Where the log is.</summary>
    public string LogUrl => Location.UrlOf("did.jsonl");

    /// <summary>Where the witnesses' proofs are.</summary>
    public string WitnessUrl => Location.UrlOf("did-witness.json");

    /// <summary>The did:web of the same place [DID-WebVH §Publishing a Parallel did:web DID].</summary>
    public string ParallelDidWeb => "did:web:" + _text[(Prefix.Length + Scid.Length + 1)..];

    /// <summary>Reads a did:webvh: no path, query or fragment.</summary>
    /// <exception cref="Refusal">invalidDid: not of the form, an SCID that is no SHA-256 multihash, or a host or path that is refused; see <see cref="WebLocation"/>.</exception>
    public static WebVhDid Parse(string text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal) || !Did.Is(text)) throw DidRefusal.InvalidDid("not a did:webvh");
        var rest = text[Prefix.Length..];
        var colon = rest.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) throw DidRefusal.InvalidDid("the did:webvh has no host");
        if (!Multihash.IsSha256(rest[..colon])) throw DidRefusal.InvalidDid("the SCID of the did:webvh is not a SHA-256 multihash");
        return new(text, rest[..colon], WebLocation.Parse(rest[(colon + 1)..]));
    }

    /// <inheritdoc/>
    public override string ToString() => _text;
}
