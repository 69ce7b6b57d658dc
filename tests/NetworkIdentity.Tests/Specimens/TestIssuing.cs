using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Dapper;
using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.SdJwt;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>A nation that issues, without a server: what stands behind the doors, and a holder in front of it.</summary>
internal sealed partial class TestIssuing : IAsyncDisposable
{
    private TestIssuing(TestNation nation, IReadOnlyDictionary<string, CredentialType> types)
    {
        Nation = nation;
        Nonces = new CredentialNonces(nation.Keys, nation.Time);
        Offering = new Offering(nation.Database, nation.Keys, nation.Did, types, nation.Time);
        Slots = new StatusSlots(nation.Database, nation.Keys, nation.Time);
        Issuer = new Issuer(nation.Database, nation.Keys, nation.Did, types, Nonces, Slots, nation.Time);
        Revoker = new Revoker(nation.Database, nation.Keys, nation.Time);
        Suspensions = new Suspensions(nation.Database, nation.Keys, nation.Time);
        StatusLists = new StatusListPublisher(nation.Database, nation.Keys, nation.Did, Slots, nation.Time);
    }

    public TestNation Nation { get; }

    public CredentialNonces Nonces { get; }

    public Offering Offering { get; }

    public StatusSlots Slots { get; }

    public Issuer Issuer { get; }

    public Revoker Revoker { get; }

    public Suspensions Suspensions { get; }

    public StatusListPublisher StatusLists { get; }

    /// <summary>A nation with the types that the program carries, and others.</summary>
    public static async Task<TestIssuing> StartAsync(params CredentialType[] more) => new(
        await TestNation.FoundAsync(),
        CredentialType.LoadAll().Values.Concat(more).ToDictionary(type => type.Name));

    /// <summary>Another nation, with another issuer.</summary>
    public static async Task<TestIssuing> StartAtAsync(string issuer) => new(await TestNation.FoundAsync(issuer), CredentialType.LoadAll());

    /// <summary>An access token for a fresh offer.</summary>
    public async Task<string> TokenAsync(string type = "membership", params (string Name, string Value)[] claims)
    {
        var made = await Offering.MakeAsync(type, null, claims.ToDictionary(claim => claim.Name, claim => claim.Value), withTransactionCode: false);
        var code = (await Offering.FindAsync(made.Id))!.Offer.ToJson()["grants"]!["urn:ietf:params:oauth:grant-type:pre-authorized_code"]!["pre-authorized_code"]!;
        return (await Offering.RedeemAsync(code.GetValue<string>(), null, null)).AccessToken;
    }

    /// <summary>A credential request for these holder keys, with one nonce.</summary>
    public async Task<byte[]> RequestAsync(IEnumerable<SigningKey> holders, string type = "membership", string? nonce = null)
    {
        nonce ??= Nonces.Make();
        var proofs = new JsonArray();
        foreach (var holder in holders)
        {
            var header = new JsonObject { ["alg"] = holder.Algorithm, ["typ"] = "openid4vci-proof+jwt", ["jwk"] = (holder.PublicKey with { Kid = null, Alg = null, Use = null }).ToJson() };
            var claims = new JsonObject { ["aud"] = Nation.Keys.Nation.Issuer, ["iat"] = Nation.Time.GetUtcNow().ToUnixTimeSeconds(), ["nonce"] = nonce };
            proofs.Add(await Jws.SignAsync(Jws.ToBeSigned(header, claims), holder));
        }

        return System.Text.Encoding.UTF8.GetBytes(
            new JsonObject { ["credential_configuration_id"] = type, ["proofs"] = new JsonObject { ["jwt"] = proofs } }.ToJsonString());
    }

    /// <summary>Credentials of one offer, one for each key.</summary>
    public async Task<List<SdJwt>> TakeAsync(int count = 1, string type = "membership", params (string Name, string Value)[] claims)
    {
        var issued = await Issuer.IssueAsync(await TokenAsync(type, claims), await RequestAsync(Enumerable.Range(0, count).Select(_ => TestWallet.NewKey()), type));
        return [.. issued.Credentials.Select(credential => SdJwt.Parse((string)credential!))];
    }

    /// <summary>Sees each signature before it is made, or makes it fail.</summary>
    public void BeforeSigning(KeyPurpose purpose, Action<ReadOnlyMemory<byte>> look)
    {
        ref var signing = ref SigningOf(Nation.Keys.CurrentKey(purpose));
        var real = signing!;
        signing = new SigningKey(real.Algorithm, real.PublicKey, real.CertificateChain, (data, cancellation) =>
        {
            look(data);
            return real.SignAsync(data, cancellation);
        });
    }

    /// <summary>What is in the database, seen by a connection of one's own.</summary>
    public List<T> Query<T>(string sql, object? parameters = null)
    {
        using var connection = Nation.Store.Connect();
        return connection.Query<T>(sql, parameters).AsList();
    }

    public async ValueTask DisposeAsync()
    {
        StatusLists.Dispose();
        await Nation.DisposeAsync();
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "<Signing>k__BackingField")]
    private static extern ref SigningKey? SigningOf(HeldKey key);
}
