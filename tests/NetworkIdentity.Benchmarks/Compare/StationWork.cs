using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Arriving;
using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Ledger;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OpenId4Vci;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Standards.StatusLists;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>
/// Checks presentations with a list that is known, and makes and loads trust bundles, in a process of its own: one JSON object a line in, what to do and for how long; one a line out, how often it was done.
/// </summary>
internal static class StationWork
{
    /// <summary>The argument that makes this program such a process.</summary>
    public const string Verb = "station-work";

    public const string Check = "check", CheckKept = "check, the holder's key kept", RawVerifications = "two raw ES256 verifications", Load = "load", Inflate = "inflate";

    /// <summary>How many slots of a list there are, and how many of a hundred are revoked.</summary>
    public const long ListSize = StatusSlots.ListSize;

    public static readonly int[] Percents = [0, 1, 10];

    private static readonly HolderChallenge Asked = new("redirect_uri:https://nation.example/station/answer", "a nonce of the door");

    /// <summary>A clock that stands, since an answer at a door is good for some minutes.</summary>
    private sealed class Standing(DateTimeOffset at) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => at;
    }

    public static async Task ServeAsync()
    {
        var folder = Directory.CreateTempSubdirectory("netid-station-").FullName;
        try
        {
            var operations = await PrepareAsync(folder, percent: 1);
            while (await Console.In.ReadLineAsync() is { } line)
            {
                var order = (JsonObject)JsonNode.Parse(line)!;
                if (order["prepare"] is JsonObject material)
                {
                    var bundle = await BundleAsync(folder, material["percent"]!.GetValue<int>());
                    (operations[Load], operations[Inflate]) = (() => Loaded(bundle), () => Inflated(bundle.List));
                    Console.WriteLine(new JsonObject { ["bundle"] = bundle.Text, ["list"] = bundle.List }.ToJsonString());
                    continue;
                }

                var operation = operations[order["operation"]!.GetValue<string>()];
                var length = TimeSpan.FromMilliseconds(order["milliseconds"]!.GetValue<int>());
                var count = 0;
                for (var watch = Stopwatch.StartNew(); watch.Elapsed < length; count++) await operation();
                Console.WriteLine(new JsonObject { ["count"] = count }.ToJsonString());
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A nation with a list in which so many are revoked, at random.</summary>
    private static async Task<(CoreNation Nation, StatusSlots Slots, StatusListPublisher Lists)> NationAsync(string folder, int percent)
    {
        var nation = await CoreNation.OpenAsync($"Data Source={Path.Combine(folder, $"{percent}-{RandomId.New()}.db")}", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        var slots = new StatusSlots(nation.Database, nation.Keys, TimeProvider.System);
        var list = (await slots.PickAsync(1)).Dequeue().ListId;
        await nation.Database.CommitAsync(new Statement("""
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < @last)
            INSERT INTO status_slot (list_id, idx, credential_id, status) SELECT @list, i, 'somebody', 1 FROM n WHERE abs(random() % 100) < @percent
            """, new { list, last = ListSize - 1, percent }));
        return (nation, slots, new StatusListPublisher(nation.Database, nation.Keys, null, slots, TimeProvider.System));
    }

    private static async Task<Dictionary<string, Func<ValueTask>>> PrepareAsync(string folder, int percent)
    {
        var (nation, slots, lists) = await NationAsync(folder, percent);
        var (keys, types, time) = (nation.Keys, CredentialType.LoadAll(), new Standing(TimeProvider.System.GetUtcNow()));
        var drafting = new Drafting(keys, null, slots, time);
        var type = types["membership"];
        var claims = type.ClaimsFor(null, new Dictionary<string, string> { ["display_name"] = "Ada", ["node"] = "Lisbon" }, time.GetUtcNow(), Founding.FirstVersion);
        var holder = SigningKey.FromEcdsa(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        StatusSlots.Slot slot;
        while (await StatusLists.IsTakenAsync(nation.Database, (slot = (await slots.PickAsync(1)).Dequeue()).ListId, slot.Index)) continue;
        var draft = drafting.Of(new(type, SdJwtVc.Format), claims, new KeyProof(holder.PublicKey, null, "nonce"), slot);
        var record = ((Credentials.Row)RuntimeHelpers.GetUninitializedObject(typeof(Credentials.Row))) with { Kid = draft.KeyId, Format = SdJwtVc.Format, ToBeSigned = draft.Committed };
        var issued = SdJwt.Parse((await drafting.SignAsync(record, draft.Sealed)).GetValue<string>());
        var shown = SdJwt.Compact(issued.IssuerSigned.Compact, issued.Disclosures.Where(one => one.Name is "tier" or "node"));
        var presentation = await KeyBinding.CreateAsync(shown, holder, Asked.Audience!, Asked.Nonce!, time.GetUtcNow());

        // The list is read once and known from then on, as a station knows its own.
        var token = (await lists.FindAsync(slot.ListId))!.Token;
        var certificates = new IssuerCertificates(issuer => issuer == keys.Nation.Issuer ? keys.Roots : []);
        var others = new FetchedLists(new Fetcher(new Fetcher.Options(), time), certificates, time, _ => { });
        var statuses = new StatusReader(keys.Nation.Issuer, _ => Task.FromResult<string?>(token), others, certificates, time);
        SdJwtVcVerifier NewVerifier() => new(null, types, certificates, statuses, time);
        var kept = NewVerifier();

        using var random = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (raw, data) = (ECDsa.Create(random.ExportParameters(true)), RandomNumberGenerator.GetBytes(1024));
        var signature = raw.SignData(data, HashAlgorithmName.SHA256);
        return new()
        {
            // A holder's key that was imported is kept by the verifier: another verifier has never seen them.
            [Check] = () => AcceptedAsync(NewVerifier()),
            [CheckKept] = () => AcceptedAsync(kept),
            [RawVerifications] = () => raw.VerifyData(data, signature, HashAlgorithmName.SHA256) && raw.VerifyData(data, signature, HashAlgorithmName.SHA256)
                ? ValueTask.CompletedTask
                : throw new InvalidOperationException("the signature does not verify"),
        };

        async ValueTask AcceptedAsync(SdJwtVcVerifier verifier)
        {
            var verdict = (await verifier.VerifyAsync(presentation, Asked, CredentialTerms.None)).Verdict;
            if (verdict.Outcome != Outcome.Accepted) throw new InvalidOperationException($"{verdict.Step}: {verdict.Detail}");
        }
    }

    private sealed record Bundle(string Text, string List, IssuerCertificates Certificates, string Issuer);

    /// <summary>The bundle as the nation serves it.</summary>
    private static async Task<Bundle> BundleAsync(string folder, int percent)
    {
        var (nation, _, lists) = await NationAsync(folder, percent);
        await using var open = nation;
        using var log = await PublicLog.OpenAsync(nation.Database, nation.Keys);
        await log.SequenceAsync();
        var did = await DidLog.OpenAsync(nation.Database, nation.Keys, TimeProvider.System, null);
        using var made = new TrustBundle(nation.Database, nation.Keys, did, CredentialType.LoadAll(), lists, log, null, TimeProvider.System, words => throw new InvalidOperationException(words));
        var text = (await made.ReadAsync()).Text;
        var token = Jws.Parse(text).Claims()["lists"]![0]!["token"]!.GetValue<string>();
        var (issuer, roots) = (nation.Keys.Nation.Issuer, nation.Keys.Roots);
        return new(text, Jws.Parse(token).Claims().RequiredObject("status_list").RequiredString("lst"), new IssuerCertificates(of => of == issuer ? roots : []), issuer);
    }

    private static ValueTask Loaded(Bundle bundle)
    {
        var now = TimeProvider.System.GetUtcNow();
        var claims = SignedStatement.Read(bundle.Certificates, bundle.Text, TrustBundle.Type, bundle.Issuer, now);
        foreach (var list in claims["lists"]!.AsArray())
            StatusReader.Check(bundle.Certificates, list!["token"]!.GetValue<string>(), list["uri"]!.GetValue<string>(), bundle.Issuer, now);
        return ValueTask.CompletedTask;
    }

    private static ValueTask Inflated(string list) =>
        StatusList.Decode(list, StatusSlots.Bits, StatusList.MaxBytes).Size >= ListSize ? ValueTask.CompletedTask : throw new InvalidOperationException("the list is short");
}
