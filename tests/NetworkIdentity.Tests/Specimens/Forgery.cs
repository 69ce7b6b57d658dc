using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Server;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>Credentials, key bindings and certificates made by hand: as their makers make them, but for what is changed.</summary>
internal static class Forgery
{
    /// <summary>An issued credential made anew. The nation's record follows it, so that nothing is wrong but the change.</summary>
    /// <param name="nation">The nation, with its keys.</param>
    /// <param name="issued">The credential as it was issued.</param>
    /// <param name="change">Changes header and payload.</param>
    /// <param name="signer">The nation's own key where null; one with a certificate chain names itself in the header.</param>
    /// <param name="disclosures">The disclosures, as they are sent; those that were issued where null.</param>
    /// <param name="recorded">Whether the record follows.</param>
    public static async Task<string> CredentialAsync(
        NationContext nation,
        string issued,
        Action<JsonObject, JsonObject>? change = null,
        SigningKey? signer = null,
        IEnumerable<string>? disclosures = null,
        bool recorded = true)
    {
        var original = SdJwt.Parse(issued);
        var (header, payload) = ((JsonObject)original.IssuerSigned.Header.DeepClone(), original.IssuerSigned.Claims());
        var slot = StatusListReference.Of(payload)!;
        if (signer is { CertificateChain.Count: > 0 })
        {
            header["kid"] = signer.KeyId;
            header["x5c"] = new JsonArray([.. signer.CertificateChain.Select(der => (JsonNode)Convert.ToBase64String(der))]);
        }

        change?.Invoke(header, payload);
        var toBeSigned = Jws.ToBeSigned(header, payload);
        if (recorded)
        {
            Assert.Null(await nation.Database.CommitAsync(new Statement(
                "UPDATE credential SET to_be_signed_digest = @digest WHERE list_id = @listId AND idx = @idx",
                new { digest = Hash(toBeSigned), listId = ListId(slot.Uri), idx = slot.Index },
                "record")));
        }

        var jwt = await Jws.SignAsync(toBeSigned, signer ?? nation.Keys.Current(KeyPurpose.Credential));
        return Join(jwt, disclosures ?? original.Disclosures.Select(disclosure => disclosure.Encoded));
    }

    /// <summary>A JWT and disclosures, each with a tilde behind it.</summary>
    public static string Join(string jwt, IEnumerable<string> disclosures) => string.Concat(new[] { jwt }.Concat(disclosures).Select(part => part + "~"));

    /// <summary>base64url of JSON as it is written here: a disclosure that no honest issuer makes.</summary>
    public static string Encoded(string json) => Base64Url.Encode(System.Text.Encoding.UTF8.GetBytes(json));

    /// <summary>base64url of SHA-256 over ASCII: a digest of a disclosure, of a presentation, of bytes to be signed.</summary>
    public static string Hash(string ascii) => Base64Url.Encode(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(ascii)));

    /// <summary>The id of a status list, in its URI.</summary>
    public static string ListId(string uri) => uri[(uri.LastIndexOf('/') + 1)..];

    /// <summary>Adds a key binding; its header and claims can be changed before they are signed.</summary>
    public static async Task<string> BindAsync(
        string withoutKeyBinding, SigningKey holder, string audience, string nonce, DateTimeOffset now, Action<JsonObject, JsonObject>? change = null)
    {
        var header = new JsonObject { ["alg"] = holder.Algorithm, ["typ"] = KeyBinding.Type };
        var claims = new JsonObject
        {
            ["iat"] = now.ToUnixTimeSeconds(),
            ["aud"] = audience,
            ["nonce"] = nonce,
            ["sd_hash"] = Hash(withoutKeyBinding),
        };
        change?.Invoke(header, claims);
        return withoutKeyBinding + await Jws.SignAsync(Jws.ToBeSigned(header, claims), holder);
    }

    /// <summary>A new key with a leaf of the nation's root, or of another root of the same name.</summary>
    /// <param name="nation">The nation.</param>
    /// <param name="purpose">What the leaf is for.</param>
    /// <param name="issuer">The issuer that it names; the nation where null.</param>
    /// <param name="rogueRoot">Whether the root is not the nation's; it is then sent along.</param>
    /// <param name="life">How long it lives from the root's first moment; long where null.</param>
    public static SigningKey Leaf(NationContext nation, KeyPurpose purpose, string? issuer = null, bool rogueRoot = false, TimeSpan? life = null)
    {
        var held = nation.Keys.CurrentKey(KeyPurpose.Root);
        using var rootKey = rogueRoot ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : held.OpenEcdsa();
        using var root = rogueRoot
            ? CertificateAuthority.CreateRoot(nation.Keys.Nation.Name, rootKey, held.NotBefore, held.PublishUntil)
            : held.Certificate!.CopyWithPrivateKey(rootKey);
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leaf = CertificateAuthority.CreateLeaf(
            root, nation.Keys.Nation.Name, new Uri(issuer ?? nation.Keys.Nation.Issuer), purpose, key, held.NotBefore, held.NotBefore + (life ?? TimeSpan.FromDays(3650)));
        return SigningKey.FromEcdsa(key, null, rogueRoot ? [leaf.RawData, root.RawData] : [leaf.RawData]);
    }

    /// <summary>A new key whose certificate is signed by the nation's credential key, as if that were an authority.</summary>
    public static SigningKey LeafUnderLeaf(NationContext nation)
    {
        var held = nation.Keys.CurrentKey(KeyPurpose.Credential);
        using var signer = held.OpenEcdsa();
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(held.Certificate!.SubjectName, key, HashAlgorithmName.SHA256);
        foreach (var extension in held.Certificate.Extensions.Where(extension => extension is not X509SubjectKeyIdentifierExtension and not X509AuthorityKeyIdentifierExtension))
            request.CertificateExtensions.Add(extension);
        using var certificate = request.Create(
            held.Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(signer), held.NotBefore, held.PublishUntil, [1, 2, 3, 4]);
        return SigningKey.FromEcdsa(key, null, [certificate.RawData, held.Certificate.RawData]);
    }

    /// <summary>The nation's own key of a purpose, as it signs: with its leaf in <c>x5c</c>. The root's leaf is the root.</summary>
    public static SigningKey Own(NationContext nation, KeyPurpose purpose)
    {
        var held = nation.Keys.CurrentKey(purpose);
        return SigningKey.FromEcdsa(held.OpenEcdsa(), held.Kid, [held.Certificate!.RawData]);
    }
}
