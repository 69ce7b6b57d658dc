using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Dids.WebVh;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Standards.StatusLists;
using NetworkIdentity.Standards.TransparencyLog;

namespace NetworkIdentity.Verifying;

/// <summary>Makes evidence of a credential out of what its nation publishes, while it does: so that it can be checked years later without the nation (decision 0054).</summary>
/// <param name="fetcher">The way out.</param>
/// <param name="trusted">The issuer.</param>
/// <param name="local">Whether DIDs of this machine are fetched by http.</param>
/// <param name="time">The clock.</param>
/// <param name="progress">Hears what is fetched.</param>
public sealed class EvidenceCollector(Fetcher fetcher, TrustedIssuer trusted, bool local, TimeProvider time, Action<string> progress)
{
    /// <summary>How often a proof is asked for that has no place in the log yet, a second apart and more.</summary>
    private const int Attempts = 8;

    private static readonly string[] Json = ["application/json"];
    private static readonly string[] Schema = ["application/schema+json", "application/json"];
    private static readonly string[] Plain = ["text/plain"];
    private static readonly string[] Logs = [DidMediaTypes.Log, "application/jsonl", "application/x-ndjson", "text/plain", "application/octet-stream"];

    private readonly List<string> _missing = [];
    private readonly List<string> _notes = [];

    /// <summary>What was made.</summary>
    /// <param name="Evidence">The file; null where something is missing without which nothing is proven.</param>
    /// <param name="Missing">What that is.</param>
    /// <param name="Notes">What else is worth knowing.</param>
    public sealed record Made(JsonObject? Evidence, IReadOnlyList<string> Missing, IReadOnlyList<string> Notes);

    /// <summary>Makes it.</summary>
    /// <param name="text">The credential, in whatever it is wrapped.</param>
    /// <param name="notificationOf">Tells the <c>notification_id</c> that came with the credential, by the digest that its record has: by it the receipt of its issue is had. Null where nobody knows it.</param>
    /// <param name="receipt">The receipt of its issue as <c>/log/receipt</c> gave it; null where it is fetched.</param>
    /// <param name="on">The day that the lists are to speak of; null for now.</param>
    /// <exception cref="Refusal">It is no credential.</exception>
    public async Task<Made> MakeAsync(string text, Func<string, Task<string?>> notificationOf, string? receipt, DateTimeOffset? on)
    {
        var (credential, brought) = Read(text);
        var nation = trusted.Nation;
        var evidence = new JsonObject { ["format"] = EvidenceVerifier.Format, ["issuer"] = nation.Issuer, ["did"] = null, ["made_at"] = time.GetUtcNow().ToUnixTimeSeconds(), ["credential"] = brought };

        // 1. The history of the DID, and what its witnesses say.
        var history = await HistoryAsync(evidence);
        if (history is null) return new(null, _missing, _notes);

        // Whose it is, before anything is fetched that it names: nobody is called for a stranger.
        if (credential.Vc is { } vc ? vc.Issuer != nation.Issuer : credential.Secured!.Credential.Issuer != evidence["did"]!.GetValue<string>())
        {
            Missing("a credential of this issuer: it is another's");
            return new(null, _missing, _notes);
        }

        // 2. The type. 3. The lists, with their proofs. 4. The proof of the issue, and the checkpoint of them all.
        await TypeAsync(credential, evidence);
        var receipts = new List<string>();
        var lists = await ListsAsync(credential, on, receipts);
        receipt ??= await IssueAsync(await credential.DigestAsync(history.ResolverAt(credential.SignedAt ?? time.GetUtcNow()), time), notificationOf);
        var log = receipt is null ? null : await LogAsync(receipt, receipts);

        // 5. The charter, where it is still that version, and recognitions.
        if (await TextAsync(nation.Url("/charter.json"), Json) is { } charter && Parsed(charter) is { } rules && rules["version"]?.ToString() == credential.CharterVersion) evidence["charter"] = rules;
        else _notes.Add("The charter is not in it: the version that the credential names is not the one in force.");
        evidence["lists"] = lists;
        evidence["log"] = log;
        evidence["recognitions"] = await TextAsync(nation.Url("/recognitions.json"), Json) is { } recognitions && Recognitions(recognitions) is { } found ? found : new JsonArray();
        return new(_missing.Count == 0 ? evidence : null, _missing, _notes);
    }

    private static (EvidenceCredential Credential, JsonNode Brought) Read(string text)
    {
        var things = BroughtText.Read(text);
        if (things is not [var (kind, secured)]) throw Refusal.Malformed("evidence is of one credential");

        // Who showed it to whom is no part of what it says.
        var node = secured.DeepClone();
        if (kind == BroughtText.Kind.SdJwtVc && SdJwt.Parse(secured.GetValue<string>()).KeyBindingJwt is not null) node = JsonValue.Create(secured.GetValue<string>()[..(secured.GetValue<string>().LastIndexOf('~') + 1)]);
        return (EvidenceCredential.Read(node), node);
    }

    private async Task<EvidenceHistory?> HistoryAsync(JsonObject evidence)
    {
        if (LogUrlOf(trusted) is not { } url)
        {
            Missing("the issuer's DID: its address is none that a DID has");
            return null;
        }

        if (await TextAsync(url, Logs, WebVhLog.MaxLength) is not { } log)
        {
            Missing("the log of the issuer's DID");
            return null;
        }

        try
        {
            var did = StrictJson.ParseObject(log.Trim().Split('\n')[^1]).RequiredObject("state").RequiredString("id");
            if (trusted.Did is { } pinned ? pinned != did && pinned != trusted.With(did).KeysDid && !pinned.StartsWith("did:web:", StringComparison.Ordinal) : !trusted.Is(did)) throw Refusal.Malformed("the log is another DID's than the issuer's");
            var witness = WebVhLog.Read(Encoding.UTF8.GetBytes(log), time.GetUtcNow()).NeedsWitnessProofs && await TextAsync(url[..^"did.jsonl".Length] + "did-witness.json", [.. Json, "text/plain"], WitnessProofs.MaxLength) is { } proofs
                ? StrictJson.Parse(Encoding.UTF8.GetBytes(proofs)) : null;
            (evidence["did"], evidence["did_log"]) = (did, log);
            if (witness is not null) evidence["did_witness"] = witness;
            var history = EvidenceHistory.Read(did, log, witness, time);
            if (history is null) Missing("what the witnesses of the DID's log say");
            return history;
        }
        catch (Refusal refusal)
        {
            Missing($"the log of the issuer's DID: {refusal.Description}");
            return null;
        }
    }

    private string? LogUrlOf(TrustedIssuer issuer)
    {
        var did = issuer.KeysDid;
        var url = did is null ? null : did.StartsWith("did:webvh:", StringComparison.Ordinal) ? WebVhDid.Parse(did).LogUrl
            : did.StartsWith("did:web:", StringComparison.Ordinal) ? DidWeb.DocumentUrl(did)[..^"did.json".Length] + "did.jsonl" : null;
        return url is not null && local && new Uri(url).Host == "localhost" ? "http" + url["https".Length..] : url;
    }

    private async Task TypeAsync(EvidenceCredential credential, JsonObject evidence)
    {
        var type = new JsonObject();
        if (credential.Vc is { } vc)
        {
            // The type's name is the last part but one of its URN.
            var name = CredentialType.LoadAll().Values.Append(CredentialType.Card).FirstOrDefault(known => known.Vct == vc.Type)?.Name ?? (vc.Type.Split(':') is [.., var part, _] ? Uri.EscapeDataString(part) : null);
            foreach (var (member, url, types) in ((string, string, string[])[])[("metadata", $"/schemas/{name}.type.json", Json), ("schema", $"/schemas/{name}.schema.json", Schema)])
                if (await TextAsync(trusted.Nation.Url(url), types) is { } file && Parsed(file) is { } found) type[member] = found;
                else Missing($"the {member} of the credential's type");
        }
        else if (credential.Secured!.Credential.Schemas is [var named, ..] && IsOfNation(named["id"]!.ToString()) && await TextAsync(named["id"]!.ToString(), Schema) is { } file && Parsed(file) is { } found)
        {
            type["schema"] = found;
        }
        else
        {
            Missing("the schema of the credential's type");
        }

        evidence["type"] = type;
    }

    private async Task<string?> IssueAsync(string? digest, Func<string, Task<string?>> notificationOf)
    {
        if (digest is null) return Missing("the receipt of its issue: the proof of the credential does not hold");
        return await notificationOf(digest) is { } id
            ? await ReceiptAsync($"/log/receipt/{digest}?notification_id={Uri.EscapeDataString(id)}", "the receipt of its issue: there is none for that notification_id")
            : Missing("the receipt of its issue: its holder has it, or the notification_id that came with the credential (--receipt, --notification-id)");
    }

    private async Task<JsonArray> ListsAsync(EvidenceCredential credential, DateTimeOffset? on, List<string> receipts)
    {
        var lists = new JsonArray();
        foreach (var uri in credential.Statuses.Select(status => status.Uri).Distinct())
        {
            if (!IsOfNation(uri))
            {
                Missing($"the status list {uri}: it is at another address than its issuer's, and is not fetched");
                continue;
            }

            var types = credential.Vc is not null ? TokenStatusList.MediaType : CredentialMediaType.VcJwt;
            var token = on is { } at ? await TextAsync(StatusListTime.Ask(uri, at), [types], Jws.MaxLength) : null;
            if (on is not null && token is null) _notes.Add("The nation keeps no list of that day: the one that stands now is in it, and says nothing of that day but that it was not revoked by now.");
            token ??= await TextAsync(uri, [types], Jws.MaxLength);
            if (token is null)
            {
                Missing($"the status list {uri}");
                continue;
            }

            lists.Add(new JsonObject { ["uri"] = uri, ["token"] = token });
            var id = (credential.Vc is not null ? uri : uri[..uri.LastIndexOf('/')]).Split('/')[^1];
            if (await ReceiptAsync($"/log/receipt/{StatusPublications.DigestOf(token)}?list={Uri.EscapeDataString(id)}", "the proof that the status list is in the public log") is { } receipt) receipts.Add(receipt);
        }

        if (lists.Count == 0) Missing("a status list: the credential names none that could be had");
        return lists;
    }

    /// <summary>The proofs as of one checkpoint: the receipts have each that of its moment.</summary>
    private async Task<JsonObject?> LogAsync(string issue, List<string> lists)
    {
        try
        {
            var proofs = ((string[])[issue, .. lists]).Select(TlogProof.Parse).ToList();
            if (await TextAsync(trusted.Nation.Url("/log/checkpoint"), Plain) is not { } note || await TextAsync(trusted.Nation.Url("/log/key"), Plain) is not { } keys) throw Refusal.Malformed("the log does not answer");
            var key = keys.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(NoteKey.Parse).FirstOrDefault(key => Signs(key, note)) ?? throw Refusal.Malformed("no key of the log has signed its checkpoint");
            var checkpoint = Checkpoint.Open(note, key.Name, [key]);
            var written = new List<string>();
            foreach (var proof in proofs)
            {
                var path = await TextAsync(trusted.Nation.Url($"/log/proof/inclusion?index={proof.Index}&size={checkpoint.Size}"), Plain, allowsNothing: true) ?? throw Refusal.Malformed("the log gives no proof");
                written.Add((proof with { Note = note, Inclusion = [.. path.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Convert.FromBase64String)] }).Text);
            }

            return new() { ["key"] = key.ToString(), ["checkpoint"] = note, ["issue"] = written[0], ["lists"] = new JsonArray([.. written.Skip(1).Select(one => (JsonNode)one)]) };
        }
        catch (Exception exception) when (exception is Refusal or FormatException)
        {
            Missing($"the public log: {(exception as Refusal)?.Description ?? exception.Message}");
            return null;
        }
    }

    /// <summary>Whether an address that the credential names is its issuer's: what anyone can write into a credential calls nobody else.</summary>
    private bool IsOfNation(string url) => url.StartsWith(trusted.Nation.Url("/"), StringComparison.Ordinal);

    private static bool Signs(NoteKey key, string note)
    {
        try
        {
            _ = Checkpoint.Open(note, key.Name, [key]);
            return true;
        }
        catch (Refusal)
        {
            return false;
        }
    }

    private async Task<string?> ReceiptAsync(string path, string what)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            // A leaf that was written just now waits for its place.
            if (await TextAsync(trusted.Nation.Url(path), Plain) is { } receipt) return receipt;
            if (attempt < Attempts) await Task.Delay(TimeSpan.FromSeconds(1), time);
        }

        return Missing(what);
    }

    private async Task<string?> TextAsync(string url, string[] types, int most = Fetcher.DefaultMaxBytes, bool allowsNothing = false)
    {
        progress(url);
        var result = await fetcher.FetchAsync(url, types, most);
        return result.Fault is null && (allowsNothing || result.Body.Length > 0) ? Encoding.UTF8.GetString(result.Body.Span) : null;
    }

    private static JsonObject? Parsed(string text)
    {
        try
        {
            return StrictJson.ParseObject(text);
        }
        catch (Refusal)
        {
            return null;
        }
    }

    /// <summary>The statements, wherever in the answer they stand: each is signed by itself.</summary>
    private static JsonArray? Recognitions(string text)
    {
        try
        {
            var found = new List<string>();
            Find(StrictJson.Parse(Encoding.UTF8.GetBytes(text)), found);
            return new([.. found.Select(one => (JsonNode)one)]);
        }
        catch (Refusal)
        {
            return null;
        }

        static void Find(JsonNode? node, List<string> found)
        {
            if (node is JsonArray array) foreach (var one in array) Find(one, found);
            else if (node is JsonObject json) foreach (var (_, one) in json) Find(one, found);
            else if (node is JsonValue value && value.TryGetValue<string>(out var token) && token.Count(character => character == '.') == 2 && token.StartsWith("ey", StringComparison.Ordinal)) found.Add(token);
        }
    }

    private string? Missing(string what)
    {
        _missing.Add(what);
        return null;
    }
}
