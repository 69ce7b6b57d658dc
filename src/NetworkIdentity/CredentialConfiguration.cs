using NetworkIdentity.Keys;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.OpenId4Vci;
using NetworkIdentity.Standards.OpenId4Vp;
using NetworkIdentity.Standards.SdJwt;

namespace NetworkIdentity;

/// <summary>A type in a format: what a wallet asks for [OpenID4VCI §12.2.4].</summary>
/// <param name="Type">The type.</param>
/// <param name="Format">One of <see cref="SdJwtVc.Format"/> and <see cref="CredentialQuery.LdpVc"/>; or <see cref="VcJwt"/>, which no wallet is offered, since OpenID4VCI has no name for it.</param>
public sealed record CredentialConfiguration(CredentialType Type, string Format)
{
    /// <summary>A W3C credential in a JWT, for download.</summary>
    public const string VcJwt = "vc+jwt";

    /// <summary>Its id in the issuer's metadata: the type's name, and for other formats than the first the format behind it.</summary>
    public string Id => Format == SdJwtVc.Format ? Type.Name : $"{Type.Name}_{Format}";

    /// <summary>Whether the holder's key is named by its DID.</summary>
    public bool NamesHolderByDid => Format != SdJwtVc.Format;

    /// <summary>How a key proof may name the key [OpenID4VCI §12.2.4].</summary>
    public IReadOnlyList<string> BindingMethods => NamesHolderByDid ? Did.OwnKeys : [KeyProof.PlainKey];

    /// <summary>Where a claim of the type stands in a credential of this format.</summary>
    public ClaimsPath PathOf(ClaimsPath claim) => Format == SdJwtVc.Format ? claim : ClaimsPath.Of([new ClaimsPathStep("credentialSubject", null), .. claim.Steps]);

    /// <summary>What a wallet may be offered of a type, the format that shows least first.</summary>
    /// <param name="type">The type.</param>
    /// <param name="did">Who issues it as a W3C credential; null where the nation has no DID.</param>
    public static IReadOnlyList<CredentialConfiguration> Of(CredentialType type, DidLog? did) => did is not null && type.IsW3c
        ? [new(type, SdJwtVc.Format), new(type, CredentialQuery.LdpVc)]
        : [new(type, SdJwtVc.Format)];
}
