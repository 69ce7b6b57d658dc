using System.Data.Common;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Dapper;
using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Ledger;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Standards.TransparencyLog;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Faults;

/// <summary>A founded nation in a folder, and a run of issuing, revoking and log writing in it: what a child does, and what must be true whenever it ended.</summary>
internal sealed class ActsRun : IAsyncDisposable
{
    /// <summary>How many keys each offer of the run is taken on.</summary>
    private static readonly int[] Takings = [2, 1, 3];

    private readonly Offering _offering;
    private readonly CredentialNonces _nonces;
    private readonly Issuer _issuer;
    private readonly Revoker _revoker;
    private readonly PublicLog _log;

    private ActsRun(Database database, KeyRing keys, DidLog? did, PublicLog log)
    {
        var time = TimeProvider.System;
        var types = CredentialType.LoadAll();
        var slots = new StatusSlots(database, keys, time);
        (Database, Keys, _log) = (database, keys, log);
        _offering = new Offering(database, keys, did, types, time);
        _nonces = new CredentialNonces(keys, time);
        _issuer = new Issuer(database, keys, did, types, _nonces, slots, time);
        _revoker = new Revoker(database, keys, time);
    }

    public Database Database { get; }

    public KeyRing Keys { get; }

    public static string FileIn(string folder) => Path.Combine(folder, "nation.db");

    /// <summary>A nation to begin from, with a log that has begun; what was begun before is taken up.</summary>
    public static async Task FoundAsync(string folder)
    {
        await using var database = Open(folder);
        if (await Nations.FindAsync(database) is null)
            Assert.True(await Founding.FoundAsync(database, TimeProvider.System, TestNation.Secret, "Nation of Faults", "https://nation.example"));
        using var log = await PublicLog.OpenAsync(database, (await Founding.OpenAsync(database, TimeProvider.System, TestNation.Secret))!, MemoryIn(folder));
        await log.SequenceAsync();
    }

    /// <summary>Opens it as a server does at its start: the log must be in order, and not behind what is remembered of it.</summary>
    public static async Task<ActsRun> OpenAsync(string folder)
    {
        var database = Open(folder);
        try
        {
            var keys = (await Founding.OpenAsync(database, TimeProvider.System, TestNation.Secret))!;
            return new ActsRun(database, keys, await DidLog.OpenAsync(database, keys, TimeProvider.System), await PublicLog.OpenAsync(database, keys, MemoryIn(folder)));
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _log.Dispose();
        await Database.DisposeAsync();
    }

    /// <summary>The run. Each act is said once it was acknowledged; one that failed is said to have, and tried again.</summary>
    public async Task GoAsync(Action<string> say)
    {
        var taken = new List<(string Token, string Record)>();
        for (var offer = 0; offer < Takings.Length; offer++)
        {
            var code = await TryAsync("offer", async () =>
            {
                var made = await _offering.MakeAsync("membership", null, new Dictionary<string, string>(), withTransactionCode: false);
                return (await _offering.FindAsync(made.Id))!.Offer.ToJson()["grants"]!["urn:ietf:params:oauth:grant-type:pre-authorized_code"]!["pre-authorized_code"]!.GetValue<string>();
            });
            var token = await TryAsync("token", async () => (await _offering.RedeemAsync(code, null, null)).AccessToken);
            say($"token {offer} {code} {token}");
            var issued = await TryAsync("issue", () => TakeAsync(offer, token));
            say($"issued {offer} {string.Join(' ', issued)}");
            taken.Add((token, (await RecordAsync(issued[0]))!.Id));

            // Enough that the log is emptied in the middle of the run.
            if (offer == 0) await TryAsync("filler", () => Database.CommitAsync(Journal.Write("filler", "run", "child", null, 1, new string('x', 4_300_000))));
            if (offer == 0) continue;
            await TryAsync("revoke", async () =>
            {
                try
                {
                    return await _revoker.RevokeAsync(taken[offer - 1].Record, "a reason");
                }
                catch (Refusal refusal) when (refusal.Code == "already_revoked")
                {
                    return []; // By the try before, whose answer was lost.
                }
            });
            say($"revoked {offer - 1} {taken[offer - 1].Record}");
            await TryAsync("sequence", _log.SequenceAsync);
            var head = (await _log.HeadAsync())!;
            say($"head {head.Size} {Base64Url.Encode(head.Root)}");
        }

        async Task<T> TryAsync<T>(string what, Func<Task<T>> act)
        {
            for (var left = 3; ; left--)
            {
                try
                {
                    return await act();
                }
                catch (Exception exception) when (exception is DbException or IOException)
                {
                    say($"failed {what}");
                    if (left == 0) throw;
                }
            }
        }
    }

    /// <summary>What must be true of a folder after any end: all that was said is kept, nothing is half there, and the same requests get the same records.</summary>
    public static async Task HoldsAsync(string folder, IReadOnlyList<string> said)
    {
        await using var run = await OpenAsync(folder);
        Assert.Equal("ok", await run.ScalarAsync<string>("PRAGMA integrity_check"));
        var words = said.Select(line => line.Split(' ')).ToList();

        // Nothing is half there: no part of a batch, no slot without its record.
        Assert.Equal(0, await run.ScalarAsync<long>("SELECT count(*) FROM status_slot WHERE credential_id NOT IN (SELECT id FROM credential)"));
        foreach (var count in await run.ListAsync("SELECT count(*) FROM credential GROUP BY offer_id ORDER BY min(recorded_at), count(*)")) Assert.Contains((int)count, Takings);
        Assert.Empty((await LogAudit.RunAsync(run.Database, run._log)).Faults);

        // What was handed out has its record, its own slot and its leaf (I1, I2, I8, I14), and can be revoked unless it was.
        foreach (var issued in words.Where(line => line[0] == "issued"))
        {
            foreach (var credential in issued[2..])
            {
                var record = await run.RecordAsync(credential);
                Assert.NotNull(record);
                Assert.Equal(record.Id, await run.ScalarAsync<string>("SELECT credential_id FROM status_slot WHERE list_id = @ListId AND idx = @Idx", record));
                Assert.Equal(1, await run.ScalarAsync<long>("SELECT count(*) FROM journal WHERE act = 'issue' AND subject = @Id AND detail = @ToBeSignedDigest", record));
            }
        }

        foreach (var revoked in words.Where(line => line[0] == "revoked"))
        {
            Assert.NotNull((await Credentials.FindAsync(run.Database, revoked[2]))!.RevokedAt);
            Assert.Equal(1, await run.ScalarAsync<long>("SELECT status FROM status_slot WHERE credential_id = @id", new { id = revoked[2] }));
        }

        // The log continues each head that was said (I7).
        var size = (await run._log.HeadAsync())!.Size;
        foreach (var head in words.Where(line => line[0] == "head"))
        {
            var before = long.Parse(head[1]);
            Assert.InRange(before, 1, size);
            var root = await MerkleTree.RootOfAsync(before, async (tile, _) => (await run._log.TileAsync(tile))!.Value);
            Assert.Equal(head[2], Base64Url.Encode(root));
        }

        // A request again: the same records, also where the first answer never came (A59, I10); a code, never again (I6).
        foreach (var token in words.Where(line => line[0] == "token"))
        {
            Assert.Equal("invalid_grant", (await Assert.ThrowsAsync<Refusal>(() => run._offering.RedeemAsync(token[2], null, null))).Code);
            var offer = int.Parse(token[1]);
            if (await run.IsRevokedAsync(token[3])) continue;
            var first = await run.TakeAsync(offer, token[3]);
            Assert.Equal(first.Select(Signed), (await run.TakeAsync(offer, token[3])).Select(Signed));
            if (words.Find(line => line[0] == "issued" && line[1] == token[1]) is { } before) Assert.Equal(before[2..].Select(Signed), first.Select(Signed));
        }

        await run._log.SequenceAsync();
        var report = await LogAudit.RunAsync(run.Database, run._log);
        Assert.Empty(report.Faults);
        Assert.Equal(0, report.Waiting);
    }

    /// <summary>The credentials of an offer, on keys that are the same in every process.</summary>
    private async Task<IReadOnlyList<string>> TakeAsync(int offer, string token)
    {
        var (nonce, proofs) = (_nonces.Make(), new JsonArray());
        for (var at = 0; at < Takings[offer]; at++)
        {
            var key = SigningKey.FromEd25519(SHA256.HashData([(byte)offer, (byte)at]));
            var header = new JsonObject { ["alg"] = key.Algorithm, ["typ"] = "openid4vci-proof+jwt", ["jwk"] = (key.PublicKey with { Kid = null, Alg = null, Use = null }).ToJson() };
            var claims = new JsonObject { ["aud"] = Keys.Nation.Issuer, ["iat"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(), ["nonce"] = nonce };
            proofs.Add(await Jws.SignAsync(Jws.ToBeSigned(header, claims), key));
        }

        var body = new JsonObject { ["credential_configuration_id"] = "membership", ["proofs"] = new JsonObject { ["jwt"] = proofs } };
        return [.. (await _issuer.IssueAsync(token, System.Text.Encoding.UTF8.GetBytes(body.ToJsonString()))).Credentials.Select(credential => (string)credential!)];
    }

    private Task<Credentials.Row?> RecordAsync(string credential) =>
        Credentials.FindByDigestAsync(Database, Base64Url.Encode(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(ToBeSigned(credential)))));

    private async Task<bool> IsRevokedAsync(string token) => await ScalarAsync<long>(
        "SELECT count(*) FROM access_token WHERE token_digest = @digest AND revoked_at IS NOT NULL", new { digest = RandomId.Digest(token) }) > 0;

    private Task<T> ScalarAsync<T>(string sql, object? parameters = null) => Database.ReadAsync(async connection => (await connection.ExecuteScalarAsync<T>(sql, parameters))!);

    private Task<List<long>> ListAsync(string sql) => Database.ReadAsync(async connection => (await connection.QueryAsync<long>(sql)).AsList());

    /// <summary>What was signed and what is disclosed: signatures differ each time.</summary>
    private static string Signed(string credential) => ToBeSigned(credential) + credential[credential.IndexOf('~', StringComparison.Ordinal)..];

    private static string ToBeSigned(string credential)
    {
        var jwt = SdJwt.Parse(credential).IssuerSigned.Compact;
        return jwt[..jwt.LastIndexOf('.')];
    }

    private static Database Open(string folder) => Database.Open($"Data Source={FileIn(folder)}", TimeProvider.System);

    private static LogMemory MemoryIn(string folder) => new(Path.Combine(folder, "log-head"));
}
