using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Standards.SdJwt;

/// <summary>An SD-JWT, with a key binding or without, in compact form [RFC9901 §4]: read, not yet verified.</summary>
/// <remarks>Nothing that <see cref="Process"/> gives may be trusted before <see cref="IssuerSigned"/>'s signature was verified.</remarks>
public sealed class SdJwt
{
    /// <summary>The longest text that is looked at, in characters.</summary>
    public const int MaxLength = 256 * 1024;

    /// <summary>The most disclosures that are looked at.</summary>
    public const int MaxDisclosures = 200;

    private SdJwt(Jws issuerSigned, IReadOnlyList<Disclosure> disclosures, string withoutKeyBinding, string? keyBindingJwt)
    {
        IssuerSigned = issuerSigned;
        Disclosures = disclosures;
        WithoutKeyBinding = withoutKeyBinding;
        KeyBindingJwt = keyBindingJwt;
    }

    /// <summary>The issuer-signed JWT.</summary>
    public Jws IssuerSigned { get; }

    /// <summary>The disclosures, in the order in which they were sent.</summary>
    public IReadOnlyList<Disclosure> Disclosures { get; }

    /// <summary>The key binding JWT as text; null where there is none.</summary>
    public string? KeyBindingJwt { get; }

    /// <summary>The text up to and including the last tilde: what <c>sd_hash</c> is taken over [RFC9901 §4.3.1].</summary>
    public string WithoutKeyBinding { get; }

    /// <summary>Reads the compact form [RFC9901 §7.1 step 1].</summary>
    /// <exception cref="Refusal">Malformed: no tilde, a part that can't be read, the same disclosure twice, too long or too many.</exception>
    public static SdJwt Parse(string compact)
    {
        if (compact.Length > MaxLength) throw Refusal.Malformed("the SD-JWT is too long");
        var last = compact.LastIndexOf('~');
        if (last < 0) throw Refusal.Malformed("not an SD-JWT: it has no tilde");
        if (compact.AsSpan().Count('~') > MaxDisclosures + 1) throw Refusal.Malformed("the SD-JWT has too many disclosures");

        var parts = compact.Split('~');
        var disclosures = new Disclosure[parts.Length - 2];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < disclosures.Length; i++)
        {
            disclosures[i] = Disclosure.Parse(parts[i + 1]);
            if (!seen.Add(parts[i + 1])) throw Refusal.Malformed("a disclosure stands twice");
        }

        return new(Jws.Parse(parts[0]), disclosures, compact[..(last + 1)], parts[^1] is { Length: > 0 } keyBinding ? keyBinding : null);
    }

    /// <summary>The compact form without a key binding: the JWT and each disclosure, each with a tilde behind it.</summary>
    public static string Compact(string issuerSignedJwt, IEnumerable<Disclosure> disclosures) =>
        string.Concat([issuerSignedJwt, "~", .. disclosures.SelectMany(disclosure => new[] { disclosure.Encoded, "~" })]);

    /// <summary>Puts the disclosures in the places of their digests [RFC9901 §7.1 steps 3 to 5].</summary>
    /// <remarks>
    /// Step 2, the signature and the issuer, is the caller's and comes first. Step 6, the times, is the caller's too: it needs a clock.
    /// </remarks>
    /// <exception cref="Refusal">Malformed, with the rule that was broken: the whole SD-JWT is refused, not the one disclosure.</exception>
    public ProcessedSdJwt Process() => DisclosureProcessing.Run(IssuerSigned.Claims(), Disclosures);
}
