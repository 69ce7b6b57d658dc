#:project ../../../src/NetworkIdentity.Standards/NetworkIdentity.Standards.csproj
#:property PublishAot=false

// One case of w3c/vc-jose-cose-test-suite, as its container would do it: FN --input FILE --key FILE --feature NAME [--sd PATHS] --output FILE. The paths begin with /tests,
// which is the suite's own folder; the key is a verification method with its secret. run.mjs builds and calls it.
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.SdJwt;

var options = args.Skip(1).Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
var (isCredential, mediaType) = options["--feature"] switch
{
    "credential_jose" => (true, CredentialMediaType.VcJwt),
    "credential_sdjwt" => (true, CredentialMediaType.VcSdJwt),
    "presentation_jose" => (false, CredentialMediaType.VpJwt),
    "presentation_sdjwt" => (false, CredentialMediaType.VpSdJwt),
    var other => throw new NotSupportedException($"{other} is not here"),
};
var now = TimeProvider.System.GetUtcNow();
var input = Read(options["--input"]);
string? data = null;
string result;
try
{
    var method = StrictJson.ParseObject(Read(options["--key"]));
    data = args[0] == "issue" ? await IssueAsync(method) : input.Trim();
    Verify(data, method);
    result = "success";
}
catch (Refusal refusal)
{
    result = "failure";
    Console.Error.WriteLine($"{refusal.Code}: {refusal.Description}");
}

File.WriteAllText(InSuite(options["--output"]), StrictJson.WriteText(new JsonObject { ["result"] = result, ["data"] = data }));

// What is issued is read before it is signed, and verified after it.
async Task<string> IssueAsync(JsonObject method)
{
    var document = StrictJson.ParseObject(input);
    if (isCredential) VerifiableCredential.Read(document);
    else VerifiablePresentation.Read(document);
    var (key, url) = (KeyOf(method["secretKeyJwk"]!.AsObject()), method.RequiredString("id"));
    if (!options.TryGetValue("--sd", out var paths)) return await Jws.SignAsync(EnvelopingProof.ToBeSigned(mediaType, document, key, url), key);

    // Claims of the subject; of a presentation its own members, each as a whole.
    var names = JsonNode.Parse(paths)!.AsArray().Select(path => path!.GetValue<string>()).Select(path => isCredential ? path["credentialSubject.".Length..] : path.Split('[')[0]).ToList();
    var issuance = isCredential ? EnvelopingProof.Prepare(document, names) : Hidden(document, names);
    return SdJwt.Compact(await Jws.SignAsync(EnvelopingProof.ToBeSigned(mediaType, issuance.Payload, key, url), key), issuance.Disclosures);
}

static SdJwtIssuance Hidden(JsonObject document, IEnumerable<string> names)
{
    var (visible, hidden) = (document.DeepClone().AsObject(), new JsonObject());
    foreach (var name in names)
    {
        hidden[name] = visible[name]?.DeepClone();
        visible.Remove(name);
    }

    return SdJwtIssuance.Prepare(visible, hidden);
}

void Verify(string secured, JsonObject method)
{
    using var key = VerificationKey.Import(Jwk.Parse(method["publicKeyJwk"]!.AsObject(), p384: true));
    var proof = EnvelopingProof.Parse(secured, mediaType);
    if (isCredential) proof.VerifyCredential(key, method.RequiredString("controller"), now);
    else proof.VerifyPresentation(key, method.RequiredString("controller"), now);
}

static SigningKey KeyOf(JsonObject jwk) => jwk.RequiredString("crv") switch
{
    "Ed25519" => SigningKey.FromEd25519(Base64Url.Decode(jwk.RequiredString("d"))),
    "P-256" => OnCurve(ECCurve.NamedCurves.nistP256, jwk),
    "P-384" => OnCurve(ECCurve.NamedCurves.nistP384, jwk),
    var other => throw Refusal.Malformed($"{other} is no curve that signs here"),
};

static SigningKey OnCurve(ECCurve curve, JsonObject jwk) => SigningKey.FromEcdsa(ECDsa.Create(new ECParameters
{
    Curve = curve,
    D = Base64Url.Decode(jwk.RequiredString("d")),
    Q = new() { X = Base64Url.Decode(jwk.RequiredString("x")), Y = Base64Url.Decode(jwk.RequiredString("y")) },
}));

string Read(string path) => File.ReadAllText(InSuite(path));

static string InSuite(string path) => Path.Combine(Environment.CurrentDirectory, path.TrimStart('/'));
