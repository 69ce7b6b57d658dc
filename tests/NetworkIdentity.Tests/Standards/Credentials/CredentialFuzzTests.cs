using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Tests.Specimens;
using static NetworkIdentity.Tests.Standards.Credentials.CredentialWorld;

namespace NetworkIdentity.Tests.Standards.Credentials;

/// <summary>Whatever a stranger sends, only a refusal comes out, by a code that is declared.</summary>
public sealed class CredentialFuzzTests
{
    private static readonly string[] Declared = [CredentialRefusal.ParsingCode, CredentialRefusal.MalformedValueCode, CredentialRefusal.CryptographicSecurityCode, CredentialRefusal.NotUnderstoodCode];

    private readonly CredentialWorld _world = new();

    private static int Refusals(int rounds, Func<Mutator, string> mutate, Action<string> read)
    {
        var mutator = new Mutator(Mutator.UsualSeed);
        var refused = 0;
        for (var round = 0; round < rounds * Mutator.Times; round++)
        {
            try
            {
                read(mutate(mutator));
            }
            catch (Refusal refusal)
            {
                Assert.Contains(refusal.Code, Declared);
                Assert.All(refusal.Description, c => Assert.InRange(c, ' ', '~'));
                refused++;
            }
        }

        return refused / Mutator.Times;
    }

    private static ReadOnlyMemory<byte> Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    [Fact]
    public void A60_a_mutated_credential() => Assert.InRange(
        Refusals(3000, mutator => mutator.Json(_world.Credential()), text => KnownContexts.Base.Check(VerifiableCredential.Parse(Utf8(text)))), 1500, 2990);

    [Fact]
    public void A60_a_mutated_presentation()
    {
        var presentation = _world.Presentation(_world.Secured(_world.Credential()));
        presentation.Remove("aud");
        presentation.Remove("nonce");
        var own = Changed(_world.Credential(), $$"""{"issuer":"{{_world.HolderDid}}"}""");
        presentation["verifiableCredential"]!.AsArray().Add(own);
        Assert.InRange(Refusals(3000, mutator => mutator.Json(presentation), text =>
        {
            var read = VerifiablePresentation.Parse(Utf8(text));
            KnownContexts.Base.Check(read);
            foreach (var envelope in read.Envelopes) envelope.Open();
        }), 1500, 2990);
    }

    [Fact]
    public void A60_a_mutated_token() => Assert.InRange(
        Refusals(2000, mutator => mutator.Text(_world.Secured(_world.Credential())), text => _world.Verify(text)), 1900, 2000);

    [Fact]
    public void A60_a_mutated_payload_that_was_signed() => Assert.InRange(
        Refusals(1500, mutator => mutator.Json(_world.Credential()), text =>
        {
            var header = Base64Url.Encode(StrictJson.Write(Json($$"""{"alg":"EdDSA","typ":"vc+jwt","kid":"{{_world.IssuerDid}}#0"}""")));
            var signed = $"{header}.{Base64Url.Encode(Utf8(text).Span)}";
            var signature = _world.Issuer.SignAsync(Utf8(signed)).AsTask().GetAwaiter().GetResult();
            _world.Verify($"{signed}.{Base64Url.Encode(signature)}");
        }), 500, 1490);
}
