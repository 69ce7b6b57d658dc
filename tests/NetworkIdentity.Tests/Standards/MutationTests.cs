using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Standards.Jose;

// A seeded generator, so that a failure repeats.
#pragma warning disable RS0030

namespace NetworkIdentity.Tests.Standards;

/// <summary>What a stranger sends, broken at random from a fixed seed: it is read or refused, and nothing else is ever thrown.</summary>
public sealed class MutationTests
{
    private const int Rounds = 6_000;

    private static readonly string[] Json =
    [
        JwkTests.Ec, JwkTests.Okp, JwkTests.Rsa,
        """{"alg":"ES256","kid":"k","x5c":["AA=="],"n":-1.5e300,"a":[null,true,{"b":"\u0041\ud83d\ude00 é 😀"}]}""",
        """{"alg":"ECDH-ES","enc":"A128GCM","epk":{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},"apu":"AQ"}""",
    ];

    [Fact]
    public void Base64url_is_read_or_refused_and_has_one_spelling() => Run(["", "Zg", "Zm8", "Zm9v", Base64Url.Encode(new byte[70])], text =>
        Assert.Equal(text, Base64Url.Encode(Base64Url.Decode(text))));

    [Fact]
    public void Json_is_read_or_refused() => Run(Json, text =>
    {
        var json = StrictJson.ParseObject(text);
        _ = StrictJson.ParseObject(StrictJson.Write(json));
        _ = StrictJson.WriteText(json);
        Assert.True(JsonNode.DeepEquals(json, StrictJson.Parse(StrictJson.Write(json))));
    });

    [Fact]
    public void Json_bytes_are_read_or_refused()
    {
        var random = new Random(5);
        var accepted = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = System.Text.Encoding.UTF8.GetBytes(Json[round % Json.Length]);
            for (var i = random.Next(3); i >= 0; i--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (ReadOrRefused(Convert.ToHexString(bytes), () => StrictJson.Parse(bytes))) accepted++;
        }

        Assert.InRange(accepted, 1, Rounds - 1);
    }

    [Fact]
    public void A_key_is_read_or_refused_and_then_verifies_nothing_false() => Run(Json[..3], text =>
    {
        var key = Jwk.Parse(StrictJson.ParseObject(text));
        _ = key.Thumbprint();
        using var imported = VerificationKey.Import(key);
        foreach (var algorithm in (string[])["ES256", "RS256", "EdDSA"])
            foreach (var length in (int[])[0, 64, 256]) Assert.False(imported.Verify(algorithm, [1], new byte[length]));
    });

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    [InlineData("EdDSA")]
    public async Task A_token_is_read_or_refused_and_a_changed_one_is_never_accepted(string algorithm)
    {
        var signer = JwsTests.KeyFor(algorithm);
        using var key = VerificationKey.Import(signer.PublicKey);
        var token = await Jws.SignAsync("JWT", new JsonObject { ["iss"] = "x", ["exp"] = 1 }, signer);
        Assert.True(Jws.Parse(token).IsSignedBy(key));
        Run([token], text =>
        {
            var jws = Jws.Parse(text);
            Assert.Equal(text == token, jws.IsSignedBy(key));
            _ = jws.Claims();
        });
    }

    [Fact]
    public void An_encrypted_token_is_read_or_refused_and_a_changed_one_is_never_decrypted()
    {
        using var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(false).Q;
        var token = Jwe.Encrypt("{}"u8, new Jwk("EC") { Crv = "P-256", X = Base64Url.Encode(point.X), Y = Base64Url.Encode(point.Y) }, "A256GCM", "json", [1], [2]);
        Run([token], text =>
        {
            Assert.Equal("{}"u8, Jwe.Parse(text).Decrypt(key, JweEncryption.All));
            Assert.Equal(token, text);
        });
    }

    private static void Run(string[] samples, Action<string> read)
    {
        var random = new Random(42);
        var (accepted, refused) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var sample = samples[random.Next(samples.Length)];
            var text = round % 50 == 0 ? sample : Mutate(sample, random);
            if (ReadOrRefused(text, () => read(text))) accepted++;
            else refused++;
        }

        Assert.InRange(accepted, 1, Rounds);
        Assert.InRange(refused, Rounds / 20, Rounds);
    }

    private static bool ReadOrRefused(string text, Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (Refusal refusal)
        {
            Assert.Equal(Refusal.MalformedCode, refusal.Code);
            Assert.All(refusal.Description, c => Assert.InRange(c, ' ', '~'));
            return false;
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"{exception.GetType().Name} for: {text}", exception);
        }
    }

    private static string Mutate(string text, Random random)
    {
        // Sometimes inside the decoded first part, so that the changes get past base64url.
        if (text.StartsWith("ey", StringComparison.Ordinal) && text.IndexOf('.', StringComparison.Ordinal) is var dot && random.Next(2) == 0)
            return Base64Url.Encode(System.Text.Encoding.UTF8.GetBytes(Mutate(System.Text.Encoding.UTF8.GetString(Base64Url.Decode(text.AsSpan(0, dot))), random))) + text[dot..];

        const string Characters = "AZaz09-_.={}[]\":,\\ \n\0é\ud800\udc00\uffff1e";
        for (var i = random.Next(3); i >= 0; i--)
        {
            var at = random.Next(text.Length + 1);
            var end = Math.Min(text.Length, at + random.Next(8));
            text = random.Next(5) switch
            {
                0 => text[..at],
                1 => text[..at] + text[end..],
                2 => text[..at] + Characters[random.Next(Characters.Length)] + text[at..],
                3 => text[..end] + text[at..],
                _ => at < text.Length ? text[..at] + Characters[random.Next(Characters.Length)] + text[(at + 1)..] : text,
            };
        }

        return text;
    }
}
