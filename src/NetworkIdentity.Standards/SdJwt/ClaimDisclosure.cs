namespace NetworkIdentity.Standards.SdJwt;

/// <summary>Whether a claim is selectively disclosable [SD-JWT-VC §Claim Selective Disclosure Metadata].</summary>
public enum ClaimDisclosure
{
    /// <summary><c>allowed</c>: the issuer may make it so; the default.</summary>
    Allowed,

    /// <summary><c>always</c>: the issuer must make it so.</summary>
    Always,

    /// <summary><c>never</c>: the issuer must not make it so.</summary>
    Never,
}
