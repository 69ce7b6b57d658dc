using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OpenId4Vci;
using NetworkIdentity.Standards.OpenId4Vp;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Issuing;

/// <summary>Makes credentials in each format: what is to be signed first, for the record, and from the record what a wallet gets.</summary>
internal sealed class Drafting(KeyRing keys, DidLog? did, StatusSlots slots, TimeProvider time)
{
    private readonly KnownContexts _contexts = Vocabulary.KnownBy(keys.Nation);

    /// <summary>What is to be signed for one holder.</summary>
    /// <param name="configuration">The type and the format.</param>
    /// <param name="claims">What it says.</param>
    /// <param name="holder">The key it is given to; null for one that is nobody's key's.</param>
    /// <param name="slot">Its status.</param>
    public Draft Of(CredentialConfiguration configuration, JsonObject claims, KeyProof? holder, StatusSlots.Slot slot) => configuration.Format switch
    {
        SdJwtVc.Format => OfSdJwtVc(configuration.Type, claims, holder?.HolderKey, slot),
        CredentialQuery.LdpVc => OfDataIntegrity(Document(configuration.Type, claims, holder, slot), DayOf(configuration.Type, claims)),
        _ => OfVcJwt(Document(configuration.Type, claims, holder, slot), DayOf(configuration.Type, claims)),
    };

    /// <summary>The credential of a record, signed.</summary>
    /// <param name="record">The record.</param>
    /// <param name="kept">What its <see cref="Draft.Sealed"/> was.</param>
    public async Task<JsonNode> SignAsync(Credentials.Row record, byte[] kept)
    {
        var key = keys.Keys.First(held => held.Kid == record.Kid).Signing!;
        var text = System.Text.Encoding.UTF8.GetString(kept);
        switch (record.Format)
        {
            case SdJwtVc.Format:
                var jwt = await Jws.SignAsync(System.Text.Encoding.ASCII.GetString(record.ToBeSigned), key);
                return text.Length == 0 ? $"{jwt}~" : $"{jwt}~{text}~";
            case CredentialQuery.LdpVc:
                return new UnsignedProof(StrictJson.ParseObject(kept), record.ToBeSigned).Complete(await key.SignAsync(record.ToBeSigned));
            default:
                return await Jws.SignAsync(text, key);
        }
    }

    private Draft OfSdJwtVc(CredentialType type, JsonObject claims, Jwk? holder, StatusSlots.Slot slot)
    {
        var key = keys.Current(KeyPurpose.Credential);
        var (issuedAt, notBefore, expiresAt) = type.Rules.TimesOf(claims, time.GetUtcNow());
        var visible = new JsonObject
        {
            ["iss"] = keys.Nation.Issuer,
            ["iat"] = issuedAt.ToUnixTimeSeconds(),
            ["exp"] = expiresAt.ToUnixTimeSeconds(),
            ["status"] = new StatusListReference(slots.UriOf(slot.ListId), slot.Index).ToStatus(),
        };
        if (holder is not null) visible["cnf"] = new JsonObject { ["jwk"] = holder.Bare().ToJson() };
        if (notBefore is { } begins) visible["nbf"] = begins.ToUnixTimeSeconds();
        var selective = new JsonObject();
        var withheld = type.SelectiveClaims.Select(claim => CredentialType.NameOf(claim)!).ToHashSet();
        foreach (var (name, value) in claims) (withheld.Contains(name) ? selective : visible)[name] = value?.DeepClone();

        // Decoys make every credential of a type carry as many digests, whatever the nation knows of its holder.
        var (payload, disclosures) = SdJwtIssuance.Prepare(visible, selective, withheld.Count - selective.Count);

        // What is printed must fit a code that a phone reads: it names the key alone, which the nation's DID has, and its issuer metadata.
        var header = Jws.HeaderFor(SdJwtVc.Format, key);
        if (holder is null) header.Remove("x5c");
        return new(
            key.KeyId,
            System.Text.Encoding.ASCII.GetBytes(Jws.ToBeSigned(header, payload)),
            System.Text.Encoding.ASCII.GetBytes(string.Join('~', disclosures.Select(disclosure => disclosure.Encoded))));
    }

    /// <summary>When it is said to be signed: the day alone, as of every credential.</summary>
    private DateTimeOffset DayOf(CredentialType type, JsonObject claims) => type.Rules.TimesOf(claims, time.GetUtcNow()).IssuedAt;

    private Draft OfDataIntegrity(JsonObject document, DateTimeOffset day)
    {
        var key = did!.Current(JoseAlgorithm.EdDSA);
        var draft = SecuredDocument.Draft(
            document, new ProofOptions(EddsaJcs2022.Cryptosuite, did.UrlOf(key), ControlledIdentifierDocument.AssertionMethod) { Created = day }, key.PublicKey);
        return new(key.KeyId, draft.ToBeSigned, StrictJson.Write(draft.Document));
    }

    private Draft OfVcJwt(JsonObject document, DateTimeOffset day)
    {
        document["iat"] = day.ToUnixTimeSeconds();
        var key = did!.Current(JoseAlgorithm.ES256);
        var toBeSigned = System.Text.Encoding.ASCII.GetBytes(EnvelopingProof.ToBeSigned(CredentialMediaType.VcJwt, document, key, did.UrlOf(key)));
        return new(key.KeyId, SHA256.HashData(toBeSigned), toBeSigned);
    }

    /// <summary>The credential without its proof [VCDM §4]. It is read as a verifier will read it, before anything is signed.</summary>
    private JsonObject Document(CredentialType type, JsonObject claims, KeyProof? holder, StatusSlots.Slot slot)
    {
        var (issuedAt, notBefore, expiresAt) = type.Rules.TimesOf(claims, time.GetUtcNow());
        var subject = new JsonObject();
        if (holder is not null) subject["id"] = holder.HolderDid;
        subject["type"] = type.SubjectName;
        foreach (var (name, value) in claims)
            if (name != "vct") subject[name] = value?.DeepClone();
        var document = new JsonObject
        {
            ["@context"] = new JsonArray(VerifiableCredential.BaseContext, Vocabulary.UrlOf(keys.Nation)),

            // Random, so that the digest that outlives an erased member tells nobody who guesses what was said of them.
            ["id"] = $"urn:uuid:{new Guid(RandomNumberGenerator.GetBytes(16))}",
            ["type"] = new JsonArray(VerifiableCredential.Type, type.W3cName),
            ["issuer"] = new JsonObject { ["id"] = did!.Did, ["name"] = keys.Nation.Name },
            ["validFrom"] = DateTimeStamp.Write(notBefore ?? issuedAt),

            // The last second, since a W3C credential is valid in the moment that it names, and an SD-JWT VC no more.
            ["validUntil"] = DateTimeStamp.Write(expiresAt.AddSeconds(-1)),
            ["credentialStatus"] = new JsonArray([.. StatusListPublisher.BitstringFormats.Keys.Order(StringComparer.Ordinal)
                .Select(purpose => new BitstringStatusListEntry(purpose, slots.UriOf(slot.ListId, purpose), slot.Index).ToJson())]),
            ["credentialSchema"] = new JsonObject { ["id"] = keys.Nation.Url($"/schemas/{type.Name}.w3c.schema.json"), ["type"] = "JsonSchema" },
            ["relatedResource"] = new JsonArray(new JsonObject { ["id"] = Vocabulary.UrlOf(keys.Nation), ["digestSRI"] = Vocabulary.Digest, ["mediaType"] = "application/ld+json" }),
            ["credentialSubject"] = subject,
        };
        _contexts.Check(VerifiableCredential.Read(document));
        return type.W3cSchema.Validate(document) is [var violation, ..]
            ? throw new InvalidOperationException($"the credential breaks its own schema: {violation.Path} {violation.Words}")
            : document;
    }
}
