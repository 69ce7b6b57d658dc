namespace NetworkIdentity.Standards.Credentials;

/// <summary>What the data model refuses, by its own problem types [VCDM §7.2].</summary>
public static class CredentialRefusal
{
    /// <summary>The input is no JSON object that can be read.</summary>
    public const string ParsingCode = "PARSING_ERROR";

    /// <summary>A property is not of the form the specification gives.</summary>
    public const string MalformedValueCode = "MALFORMED_VALUE_ERROR";

    /// <summary>A value is outside of its range.</summary>
    public const string RangeCode = "RANGE_ERROR";

    /// <summary>What secures the document does not hold.</summary>
    public const string CryptographicSecurityCode = "CRYPTOGRAPHIC_SECURITY_ERROR";

    /// <summary>
    /// Nothing is wrong with it that could be seen, and it could not be looked at: a context or an envelope that is not known here.
    /// Neither valid nor invalid. The data model has no type for it, and lets others be added.
    /// </summary>
    public const string NotUnderstoodCode = "NOT_UNDERSTOOD";

    /// <summary>A property is not of the form the specification gives.</summary>
    public static Refusal Malformed(string description) => new(MalformedValueCode, description);

    /// <summary>The signature, the digest, or who made it, is not what it must be.</summary>
    public static Refusal CryptographicSecurity(string description) => new(CryptographicSecurityCode, description);

    /// <summary>It could not be checked: see <see cref="NotUnderstoodCode"/>.</summary>
    public static Refusal NotUnderstood(string description) => new(NotUnderstoodCode, description);

    /// <summary>The <c>type</c> of a problem [RFC9457] that has one of these codes.</summary>
    public static string TypeOf(Refusal refusal) => refusal.Code == NotUnderstoodCode
        ? "about:blank"
        : $"https://www.w3.org/TR/vc-data-model#{refusal.Code}";
}
