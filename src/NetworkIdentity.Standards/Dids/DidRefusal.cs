namespace NetworkIdentity.Standards.Dids;

/// <summary>What resolving a DID refuses. The codes are the names that did:webvh's text and older resolvers use; <see cref="TypeOf"/> is their newer form [DID-Resolution §Errors].</summary>
public static class DidRefusal
{
    /// <summary>The code of <see cref="InvalidDid"/>.</summary>
    public const string InvalidDidCode = "invalidDid";

    /// <summary>The code of <see cref="InvalidParameters"/>.</summary>
    public const string InvalidParametersCode = "invalidParameters";

    /// <summary>The code of <see cref="InvalidProof"/>.</summary>
    public const string InvalidProofCode = "invalidProof";

    /// <summary>The code of <see cref="InvalidDidUrl"/>.</summary>
    public const string InvalidDidUrlCode = "invalidDidUrl";

    /// <summary>The code of <see cref="InvalidDidDocument"/>.</summary>
    public const string InvalidDidDocumentCode = "invalidDidDocument";

    /// <summary>The code of <see cref="InvalidOptions"/>.</summary>
    public const string InvalidOptionsCode = "invalidOptions";

    /// <summary>The code of <see cref="NotFound"/>.</summary>
    public const string NotFoundCode = "notFound";

    /// <summary>The code of <see cref="NotFetched"/>.</summary>
    public const string NotFetchedCode = "notFetched";

    /// <summary>The code of <see cref="Unreachable"/>.</summary>
    public const string UnreachableCode = "internalError";

    /// <summary>The DID is not one, or what it resolves to breaks a rule of its method.</summary>
    public static Refusal InvalidDid(string description, Exception? cause = null) => new(InvalidDidCode, description, cause);

    /// <summary>A did:webvh log entry's parameters break a rule [DID-WebVH §did:webvh DID Method Parameters].</summary>
    public static Refusal InvalidParameters(string description) => new(InvalidParametersCode, description);

    /// <summary>A did:webvh log entry's proof is of a wrong form, by a wrong key, or doesn't verify [DID-WebVH §Authorized Keys].</summary>
    public static Refusal InvalidProof(string description, Exception? cause = null) => new(InvalidProofCode, description, cause);

    /// <summary>Not a DID URL, or a parameter stands twice in it.</summary>
    public static Refusal InvalidDidUrl(string description) => new(InvalidDidUrlCode, description);

    /// <summary>What was found is not a DID document, or it is another DID's.</summary>
    public static Refusal InvalidDidDocument(string description) => new(InvalidDidDocumentCode, description);

    /// <summary>There is no such document, version or resource.</summary>
    public static Refusal NotFound(string description) => new(NotFoundCode, description);

    /// <summary>A method that nobody here resolves.</summary>
    public static Refusal MethodNotSupported() => new("methodNotSupported", "DIDs of this method are not resolved here");

    /// <summary>A media type that the result has no form for.</summary>
    public static Refusal RepresentationNotSupported() => new("representationNotSupported", "the document is not available in this media type");

    /// <summary>An option that is none of this resolver.</summary>
    public static Refusal FeatureNotSupported(string description) => new("featureNotSupported", description);

    /// <summary>The DID would have to be fetched from a host that nobody here decided to trust, and was not.</summary>
    public static Refusal NotFetched() => new(NotFetchedCode, "DIDs of this host are not fetched here: who runs this resolver decides which are");

    /// <summary>What the DID leads to could not be fetched: nothing is known about it.</summary>
    public static Refusal Unreachable(string description) => new(UnreachableCode, description);

    /// <summary>An option whose value is not of its form, or two that exclude each other.</summary>
    public static Refusal InvalidOptions(string description) => new(InvalidOptionsCode, description);

    /// <summary>The key of a did:key is of a type that is not read here [DID-Key §Signature Method Creation Algorithm].</summary>
    public static Refusal UnsupportedPublicKeyType() => new("unsupportedPublicKeyType", "the key is not Ed25519, P-256 or P-384");

    /// <summary>The key of a did:key is too long or too short for its type.</summary>
    public static Refusal InvalidPublicKeyLength() => new("invalidPublicKeyLength", "the key has a wrong length for its type");

    /// <summary>The key of a did:key is no point of its curve.</summary>
    public static Refusal InvalidPublicKey(string description) => new("invalidPublicKey", description);

    /// <summary>The <c>type</c> of a problem [RFC9457] that has one of these codes: a URL of the DID vocabulary.</summary>
    public static string TypeOf(Refusal refusal) => refusal.Code switch
    {
        InvalidDidUrlCode => Did("INVALID_DID_URL"),
        InvalidDidDocumentCode => Did("INVALID_DID_DOCUMENT"),
        InvalidOptionsCode => Did("INVALID_OPTIONS"),
        NotFoundCode => Did("NOT_FOUND"),
        "methodNotSupported" => Did("METHOD_NOT_SUPPORTED"),
        "representationNotSupported" => Did("REPRESENTATION_NOT_SUPPORTED"),
        "featureNotSupported" or NotFetchedCode => Did("FEATURE_NOT_SUPPORTED"),
        // Whatever makes a did:webvh invalid is one error to the resolver's caller, as the key types of did:key are [DID-WebVH §Read (Resolve)].
        InvalidDidCode or InvalidParametersCode or InvalidProofCode or "unsupportedPublicKeyType" or "invalidPublicKeyLength" or "invalidPublicKey" => Did("INVALID_DID"),
        _ => Did("INTERNAL_ERROR"),
    };

    private static string Did(string name) => $"https://www.w3.org/ns/did#{name}";
}
