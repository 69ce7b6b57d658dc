namespace NetworkIdentity.Standards.DataIntegrity;

/// <summary>What Data Integrity and Controlled Identifiers refuse, by their codes [DI §4.7] [CID §3.5].</summary>
public static class DataIntegrityRefusal
{
    internal const string ParsingCode = "PARSING_ERROR";
    internal const string VerificationCode = "PROOF_VERIFICATION_ERROR";
    internal const string GenerationCode = "PROOF_GENERATION_ERROR";
    internal const string MethodCode = "INVALID_VERIFICATION_METHOD";
    internal const string DocumentCode = "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT";

    /// <summary>The document has no proof that could be read as one [DI §4.4 step 2].</summary>
    public static Refusal Parsing(string description) => new(ParsingCode, description);

    /// <summary>A proof could not be made.</summary>
    public static Refusal Generation(string description) => new(GenerationCode, description);

    /// <summary>A proof is not what it must be, or not the signature of this document.</summary>
    public static Refusal Verification(string description) => new(VerificationCode, description);

    /// <summary>The proof is for another domain, or for none.</summary>
    public static Refusal InvalidDomain() => new("INVALID_DOMAIN_ERROR", "domain of the proof is not the verifier's");

    /// <summary>The proof answers another challenge, or none.</summary>
    public static Refusal InvalidChallenge() => new("INVALID_CHALLENGE_ERROR", "challenge of the proof is not the verifier's");

    /// <summary>The name of a verification method is no URL with a fragment.</summary>
    public static Refusal VerificationMethodUrl() => new("INVALID_VERIFICATION_METHOD_URL", "verificationMethod must be a URL with a fragment");

    /// <summary>The document is not the one that the verification method's name begins with.</summary>
    public static Refusal DocumentId() => new("INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID", "id of the controlled identifier document is not the one that was asked for");

    /// <summary>A controlled identifier document is not of the form the specification gives.</summary>
    public static Refusal Document(string description) => new(DocumentCode, description);

    /// <summary>A verification method is not in its document, not of the form, or not to be used any more.</summary>
    public static Refusal Method(string description) => new(MethodCode, description);

    /// <summary>The document does not have the verification method for this purpose.</summary>
    public static Refusal Relationship() => new("INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD", "the controlled identifier document has the verification method for another purpose");

    /// <summary>The <c>type</c> of a problem [RFC9457] that has one of these codes.</summary>
    public static string TypeOf(Refusal refusal) => refusal.Code == ParsingCode
        ? $"https://www.w3.org/TR/vc-data-model#{ParsingCode}"
        : $"https://w3id.org/security#{refusal.Code}";
}
