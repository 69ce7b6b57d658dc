using NetworkIdentity.Standards.Credentials;

namespace NetworkIdentity.Standards.StatusLists;

/// <summary>What the Bitstring Status List refuses, by its own codes and those of the data model [BSL §3.5].</summary>
public static class BitstringRefusal
{
    /// <summary>A property is not of the form the specification gives.</summary>
    public const string MalformedCode = CredentialRefusal.MalformedValueCode;

    /// <summary>The status list could not be fetched.</summary>
    public static Refusal Retrieval(string description) => new("STATUS_RETRIEVAL_ERROR", description);

    /// <summary>The status list's proof, purpose, validity or identity is not what the entry needs.</summary>
    public static Refusal Verification(string description) => new("STATUS_VERIFICATION_ERROR", description);

    /// <summary>The list is too short to hide anyone in.</summary>
    public static Refusal ListLength() => new("STATUS_LIST_LENGTH_ERROR", $"the status list must have {StatusList.MinBitstringSize} entries or more");

    /// <summary>The index is not in the list.</summary>
    public static Refusal Range() => new(CredentialRefusal.RangeCode, "the index is not in the status list");

    /// <summary>The <c>type</c> of a problem [RFC9457] that has one of these codes.</summary>
    public static string TypeOf(Refusal refusal) => refusal.Code is MalformedCode or CredentialRefusal.RangeCode
        ? CredentialRefusal.TypeOf(refusal)
        : $"https://www.w3.org/ns/credentials/status-list#{refusal.Code}";
}
