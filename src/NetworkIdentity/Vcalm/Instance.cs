using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Vcalm;

/// <summary>A configured instance with its own key and its own DID [VCALM §Instances]. What it signs is its clients' word, and never the nation's.</summary>
public sealed class Instance
{
    private const string ExamplesUrl = "https://www.w3.org/ns/credentials/examples/v2";
    private const string ExamplesSha256 = "57393fbc69d6efb9b9b5dc9cb6b9880b0944360abfe2eaf459c9e58cf2279d7c";

    private readonly SigningKey _key;

    /// <summary>Makes it of its key.</summary>
    internal Instance(Nation nation, InstanceOptions options, SigningKey key)
    {
        _key = key;
        Options = options;
        Url = nation.Url($"/instances/{options.Name}");
        Did = DidKey.Of(key.PublicKey);
        var contexts = Vocabulary.KnownBy(nation);
        Contexts = options.KnowsExamples ? contexts.With(JsonLdContext.Read(ExamplesUrl, EmbeddedFile.Read(typeof(Instance).Assembly, "contexts/examples-v2"), ExamplesSha256)) : contexts;
    }

    /// <summary>As it was configured.</summary>
    public InstanceOptions Options { get; }

    /// <summary>Where it is: the resource indicator of its access tokens too.</summary>
    public string Url { get; }

    /// <summary>The issuer of what it issues: a did:key of its key.</summary>
    public string Did { get; }

    /// <summary>The contexts that it knows.</summary>
    internal KnownContexts Contexts { get; }

    /// <summary>Whether it verifies what an issuer signed.</summary>
    public bool Trusts(string issuer) => Options.Issuers.Any(trusted =>
        trusted == issuer || (Standards.Dids.Did.OwnKeys.Contains(trusted) && issuer.StartsWith(trusted + ":", StringComparison.Ordinal)));

    /// <summary>Secures a credential: with a proof in it, or in an envelope around it.</summary>
    /// <param name="credential">The credential, without a proof and with this issuer.</param>
    /// <param name="now">The time.</param>
    internal async Task<JsonObject> SecureAsync(JsonObject credential, DateTimeOffset now)
    {
        var keyUrl = DidKey.KeyUrl(Did);
        if (Options.Cryptosuite != InstanceOptions.VcJwt)
            return await SecuredDocument.AddProofAsync(credential, new ProofOptions(Options.Cryptosuite, keyUrl, ControlledIdentifierDocument.AssertionMethod) { Created = now }, _key);
        var payload = credential.DeepClone().AsObject();
        payload["iat"] = now.ToUnixTimeSeconds();
        return Envelope.Of(await Jws.SignAsync(EnvelopingProof.ToBeSigned(CredentialMediaType.VcJwt, payload, _key, keyUrl), _key), CredentialMediaType.VcJwt);
    }
}
