using System.Text.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.SdJwt;

namespace NetworkIdentity.Verifying;

/// <summary>Reads what a person or a program brought to be verified, in whatever it is wrapped: it says what each thing is, and judges nothing.</summary>
internal static class BroughtText
{
    private const int MaxWrapping = 6;

    /// <summary>Names of members that wrap a credential, a presentation or several: of this project's own requests, of VCALM, of OpenID4VCI and of OpenID4VP.</summary>
    private static readonly string[] Wrappings =
        ["credential", "presentation", "text", "vp_token", "verifiableCredential", "verifiablePresentation", "credentials"];

    /// <summary>What a thing is, by which it is verified.</summary>
    public enum Kind
    {
        /// <summary>An SD-JWT VC.</summary>
        SdJwtVc,

        /// <summary>A credential of the W3C data model.</summary>
        Credential,

        /// <summary>A presentation of the W3C data model.</summary>
        Presentation,
    }

    /// <summary>The things that were brought, each as what secures it is read: a text or an object.</summary>
    /// <param name="text">The text. White space around it is no part of it.</param>
    /// <exception cref="Refusal">MALFORMED_VALUE_ERROR: nothing that is read here, or too much of it.</exception>
    public static IReadOnlyList<(Kind Kind, JsonNode Secured)> Read(string text)
    {
        var found = new List<(Kind, JsonNode)>();
        Refusal.Recode(CredentialRefusal.MalformedValueCode, () => Read(text, MaxWrapping, found));
        return found.Count > 0 ? found : throw CredentialRefusal.Malformed("there is no credential in it");
    }

    private static bool Read(string text, int depth, List<(Kind, JsonNode)> found)
    {
        if (text.Length > PublicVerifier.MaxLength) throw Refusal.Malformed($"it is longer than {PublicVerifier.MaxLength} characters");

        // A file may begin with a byte order mark.
        var bare = text.Trim().Trim('\uFEFF').Trim();
        if (bare.Length == 0) throw Refusal.Malformed("there is nothing in it");
        if (bare[0] is '{' or '[' or '"') return Read(StrictJson.Parse(System.Text.Encoding.UTF8.GetBytes(bare)), depth, found);
        if (bare.Contains("://", StringComparison.Ordinal)) throw Refusal.Malformed("it is an address; bring what is there instead");
        var head = bare.IndexOf('~', StringComparison.Ordinal) is >= 0 and var tilde ? bare[..tilde] : bare;
        var kind = Jws.Parse(head).Type == SdJwtVc.Format ? Kind.SdJwtVc : EnvelopingProof.Parse(bare).IsPresentation ? Kind.Presentation : Kind.Credential;
        return Add(kind, JsonValue.Create(bare), found);
    }

    private static bool Read(JsonNode? node, int depth, List<(Kind, JsonNode)> found)
    {
        if (depth == 0) throw Refusal.Malformed("it is wrapped too often");
        switch (node)
        {
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                return Read(value.GetValue<string>(), depth - 1, found);
            case JsonArray several:
                foreach (var one in several) Read(one, depth - 1, found);
                return true;
            case JsonObject evidence when evidence["format"] is JsonValue format && format.GetValueKind() == JsonValueKind.String && format.GetValue<string>() == EvidenceVerifier.Format:
                throw Refusal.Malformed("it is evidence of a credential: check it at /verify/offline, or by netid verify --offline");
            case JsonObject document when document.ContainsKey("@context") || document.ContainsKey("type"):
                // What proofs can't tell apart is spelled in one way before anything is said of it.
                return Add(SecuredPresentation.IsOne(document) ? Kind.Presentation : Kind.Credential, Jcs.Canonical(document), found);
            case JsonObject wrapping:
                var inside = wrapping.Where(member => Wrappings.Contains(member.Key)).ToList();
                if (inside.Count > 1) throw Refusal.Malformed("it names more than one thing to verify");
                if (inside is [{ Key: "vp_token", Value: JsonObject answers }])
                {
                    foreach (var (_, answer) in answers) Read(answer, depth - 1, found);
                    return true;
                }

                return inside is [var (_, wrapped)] ? Read(wrapped, depth - 1, found) : throw Refusal.Malformed("it is JSON, and no credential, presentation or answer of a wallet");
            default:
                throw Refusal.Malformed("a credential is a JSON object or a text");
        }
    }

    private static bool Add(Kind kind, JsonNode secured, List<(Kind, JsonNode)> found)
    {
        found.Add((kind, secured));
        return found.Count <= SecuredPresentation.MaxCredentials ? true : throw Refusal.Malformed($"at most {SecuredPresentation.MaxCredentials} are verified at once");
    }
}
