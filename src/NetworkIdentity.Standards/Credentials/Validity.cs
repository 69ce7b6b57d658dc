namespace NetworkIdentity.Standards.Credentials;

/// <summary>Where a moment lies to a credential's validity period [VCDM §4.9].</summary>
public enum Validity
{
    /// <summary>Inside.</summary>
    Valid,

    /// <summary>Before <c>validFrom</c>.</summary>
    NotYetValid,

    /// <summary>After <c>validUntil</c>.</summary>
    Expired,
}
