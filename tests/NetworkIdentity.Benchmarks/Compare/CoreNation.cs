using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>A founded nation in this process, without a server: the core on a database, and holders who ask it for credentials.</summary>
internal sealed class CoreNation : IAsyncDisposable
{
    private static readonly Dictionary<string, string> Claims = new() { ["display_name"] = "Ada", ["node"] = "Lisbon" };

    private readonly CredentialNonces _nonces;
    private readonly Offering _offering;
    private readonly Issuer _issuer;

    private CoreNation(Database database, KeyRing keys)
    {
        var types = CredentialType.LoadAll();
        (Database, Keys) = (database, keys);
        _nonces = new CredentialNonces(keys, TimeProvider.System);
        _offering = new Offering(database, keys, null, types, TimeProvider.System);
        _issuer = new Issuer(database, keys, null, types, _nonces, new StatusSlots(database, keys, TimeProvider.System), TimeProvider.System);
        Revoker = new Revoker(database, keys, TimeProvider.System);
    }

    public Database Database { get; }

    public KeyRing Keys { get; }

    public Revoker Revoker { get; }

    /// <summary>Opens a nation, and founds it where there is none.</summary>
    public static async Task<CoreNation> OpenAsync(string connectionString, string secret, string issuer = "https://nation.example")
    {
        var database = Database.Open(connectionString, TimeProvider.System);
        await Founding.FoundAsync(database, TimeProvider.System, secret, "Benchmark Nation", issuer);
        return new CoreNation(database, await Founding.OpenAsync(database, TimeProvider.System, secret) ?? throw new InvalidOperationException("no nation was founded"));
    }

    /// <summary>Offers of a membership, each to a new member, by their ids.</summary>
    public async Task<IReadOnlyList<string>> OfferAsync(int count)
    {
        var made = new List<string>();
        foreach (var batch in Enumerable.Range(0, count).Chunk(64))
            made.AddRange((await Task.WhenAll(batch.Select(_ => _offering.MakeAsync("membership", null, Claims, withTransactionCode: false)))).Select(one => one.Id));
        return made;
    }

    /// <summary>Credential requests of new members, ready to be sent: an offer was taken for each, and its proof is made.</summary>
    public async Task<IReadOnlyList<Func<Task>>> RequestsAsync(int count) =>
        [.. (await Task.WhenAll((await OfferAsync(count)).Select(RequestAsync))).Select(request => new Func<Task>(() => _issuer.IssueAsync(request.Token, request.Body)))];

    /// <summary>The credentials of new members: their records.</summary>
    public async Task<IReadOnlyList<Credentials.Row>> IssueAsync(int count)
    {
        var offers = await OfferAsync(count);
        var records = new List<Credentials.Row>();
        foreach (var batch in offers.Chunk(32))
        {
            await Task.WhenAll(batch.Select(async offer =>
            {
                var (token, body) = await RequestAsync(offer);
                await _issuer.IssueAsync(token, body);
            }));
            foreach (var offer in batch) records.AddRange(await Credentials.OfOfferAsync(Database, offer));
        }

        return records;
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        SqliteConnection.ClearAllPools();
    }

    private async Task<(string Token, byte[] Body)> RequestAsync(string offer)
    {
        var grants = (await _offering.FindAsync(offer))!.Offer.ToJson()["grants"]!;
        var code = grants["urn:ietf:params:oauth:grant-type:pre-authorized_code"]!["pre-authorized_code"]!.GetValue<string>();
        var holder = SigningKey.FromEcdsa(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        var proof = await Jws.SignAsync(
            Jws.ToBeSigned(
                new JsonObject { ["alg"] = holder.Algorithm, ["typ"] = "openid4vci-proof+jwt", ["jwk"] = holder.PublicKey.Bare().ToJson() },
                new JsonObject { ["aud"] = Keys.Nation.Issuer, ["iat"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(), ["nonce"] = _nonces.Make() }),
            holder);
        var body = new JsonObject { ["credential_configuration_id"] = "membership", ["proofs"] = new JsonObject { ["jwt"] = new JsonArray(proof) } };
        return ((await _offering.RedeemAsync(code, null, null)).AccessToken, System.Text.Encoding.UTF8.GetBytes(body.ToJsonString()));
    }
}
