using System.Security.Cryptography;
using System.Text.Json.Nodes;
using BenchmarkDotNet.Attributes;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.SdJwt;

namespace NetworkIdentity.Benchmarks;

/// <summary>Issuing and verifying an SD-JWT VC with key binding, against the ES256 operations that are in it.</summary>
[MemoryDiagnoser]
public class CredentialBenchmarks
{
    private readonly ECDsa _issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _data = RandomNumberGenerator.GetBytes(1024);
    private byte[] _signature = [];
    private SigningKey _issuer = null!;
    private SigningKey _holder = null!;
    private VerificationKey _issuerPublic = null!;
    private VerificationKey _holderPublic = null!;
    private string _presentation = "";

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _issuer = SigningKey.FromEcdsa(_issuerKey);
        _holder = SigningKey.FromEcdsa(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        _issuerPublic = VerificationKey.Import(_issuer.PublicKey);
        _holderPublic = VerificationKey.Import(_holder.PublicKey);
        _signature = _issuerKey.SignData(_data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        _presentation = await KeyBinding.CreateAsync(await IssueAsync(), _holder, "x509_hash:verifier", "nonce", TimeProvider.System.GetUtcNow());
    }

    [Benchmark(Baseline = true, Description = "ES256: one signature")]
    public byte[] Sign() => _issuerKey.SignData(_data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    [Benchmark(Description = "ES256: two verifications")]
    public bool Verify() =>
        _issuerKey.VerifyData(_data, _signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
        && _issuerKey.VerifyData(_data, _signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    [Benchmark(Description = "SD-JWT VC: issue, 7 claims")]
    public async Task<string> IssueAsync()
    {
        var visible = new JsonObject
        {
            ["iss"] = "https://nation.example",
            ["vct"] = "urn:network-identity:membership:1",
            ["iat"] = 1_700_000_000,
            ["exp"] = 4_000_000_000,
            ["cnf"] = new JsonObject { ["jwk"] = _holder.PublicKey.ToJson() },
        };
        var disclosable = new JsonObject();
        for (var i = 0; i < 7; i++) disclosable[$"claim_{i}"] = $"value {i}";
        var issuance = SdJwtIssuance.Prepare(visible, disclosable);
        return SdJwt.Compact(await Jws.SignAsync(SdJwtVc.Format, issuance.Payload, _issuer), issuance.Disclosures);
    }

    [Benchmark(Description = "SD-JWT VC with key binding: verify")]
    public SdJwtVc VerifyPresentation()
    {
        var sdJwt = SdJwt.Parse(_presentation);
        var vc = SdJwtVc.Read(sdJwt);
        if (!sdJwt.IssuerSigned.IsSignedBy(_issuerPublic)) throw new InvalidOperationException("the credential does not verify");
        KeyBinding.Verify(
            sdJwt, _holderPublic, "x509_hash:verifier", "nonce", TimeProvider.System.GetUtcNow(), TimeSpan.FromHours(1), TimeSpan.FromMinutes(1));
        return vc;
    }
}
