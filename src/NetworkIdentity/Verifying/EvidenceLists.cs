using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Verifying;

/// <summary>The status lists in evidence, each looked at as of its own time: which of them stood on the day that is asked about, and what the others say of it.</summary>
internal sealed class EvidenceLists
{
    private readonly List<Version> _versions = [];

    /// <summary>What is wrong with a list, or what none says.</summary>
    public List<Verdict> Faults { get; } = [];

    /// <summary>Those that stood on the day, by their addresses.</summary>
    public Dictionary<string, ReadOnlyMemory<byte>> Standing { get; } = new(StringComparer.Ordinal);

    /// <summary>When the latest of those was signed; null where none stood.</summary>
    public DateTimeOffset? StandingSince { get; private set; }

    /// <summary>The tokens that were looked at: their digests, which the log has, and when they say that they were signed.</summary>
    public IEnumerable<(string Digest, DateTimeOffset From)> Published => _versions.Select(version => (StatusPublications.DigestOf(version.Token), version.From)).Distinct();

    /// <summary>From when till when the lists speak, for a person.</summary>
    public string Words => SpanOf(_versions);

    /// <summary>Looks at the lists that a credential names. Others are not looked at.</summary>
    /// <param name="lists">The member <c>lists</c>.</param>
    /// <param name="credential">The credential.</param>
    /// <param name="issuer">The issuer's URL.</param>
    /// <param name="did">Its DID.</param>
    /// <param name="history">Its keys.</param>
    /// <param name="on">The day.</param>
    /// <exception cref="Refusal">Malformed: <c>lists</c> is not what it must be.</exception>
    public static async Task<EvidenceLists> CheckAsync(JsonArray? lists, EvidenceCredential credential, string issuer, string did, EvidenceHistory history, DateTimeOffset on)
    {
        var found = new EvidenceLists();
        var brought = (lists ?? []).Select(list => list as JsonObject ?? throw Refusal.Malformed("a list is an object with uri and token")).Select(list => (Uri: list.RequiredString("uri"), Token: list.RequiredString("token"))).ToList();
        foreach (var (uri, index, entry) in credential.Statuses)
        {
            var versions = new List<Version>();
            foreach (var (_, token) in brought.Where(list => list.Uri == uri).Distinct())
            {
                try
                {
                    versions.Add(entry is null ? ReadToken(token, uri, index, issuer, history) : await ReadBitstringAsync(token, entry, did, history));
                }
                catch (Refusal refusal)
                {
                    found.Faults.Add(Verdict.Refused(VerificationStep.Status, "status_list_invalid", $"a status list is not the issuer's: {refusal.Description}"));
                }
            }

            found._versions.AddRange(versions);
            found.Decide(uri, versions, on);
        }

        return found;
    }

    private void Decide(string uri, List<Version> versions, DateTimeOffset on)
    {
        // What was revoked stays so: a list of the day or before decides, whether or not it still stood.
        if (versions.Any(version => version.From <= on && version.Meaning == StatusMeaning.Revoked)) Faults.Add(Verdict.Refused(VerificationStep.Status, "revoked", "the credential was revoked"));
        if (versions.Where(version => version.StoodAt(on)).MaxBy(version => version.From) is { } standing)
        {
            Standing[uri] = Encoding.ASCII.GetBytes(standing.Token);
            if (StandingSince is null || standing.From > StandingSince) StandingSince = standing.From;
            return;
        }

        var words = versions.Where(version => version.From > on).MinBy(version => version.From)?.Meaning switch
        {
            StatusMeaning.Valid => "no status list stood at that moment; a later one says that it was not revoked until then, and nothing of a suspension that had ended",
            StatusMeaning.Suspended => "no status list stood at that moment; a later one says that it was suspended later",
            StatusMeaning.Revoked => "no status list stood at that moment; a later one says that it was revoked by then, and not when",
            _ => "no status list was brought that stood at that moment",
        };
        Faults.Add(Verdict.Undetermined(VerificationStep.Status, "status_not_covered", versions.Count == 0 ? words : $"{words}. The lists speak of {SpanOf(versions)}"));
    }

    private static string SpanOf(List<Version> versions) => string.Join("; ", versions.Select(version => $"{version.From.UtcDateTime:u} to {version.Until.UtcDateTime:u}").Distinct());

    private static Version ReadToken(string token, string uri, long index, string issuer, EvidenceHistory history)
    {
        var at = Jws.Parse(token).Claims().OptionalTime("iat") ?? throw Refusal.Malformed("iat of the status list token is missing");
        var list = StatusReader.Check(new(_ => [], history.CertificatesAt(issuer, at)), token, uri, issuer, at);
        return new(token, at, list.ExpiresAt ?? throw Refusal.Malformed("the status list does not say how long it stands"), TokenStatusList.MeaningOf(list.List.Get(index)));
    }

    private static async Task<Version> ReadBitstringAsync(string token, BitstringStatusListEntry entry, string did, EvidenceHistory history)
    {
        var secured = SecuredCredential.Read(JsonValue.Create(token));
        var at = secured.Credential.ValidFrom ?? throw BitstringRefusal.Verification("the status list does not say from when it stands");
        if (!history.StoodAt(at)) throw BitstringRefusal.Verification("the status list is older than its issuer's DID");
        var (list, _) = await BitstringReader.CheckAsync(new IssuerProofs(history.ResolverAt(at), new StandingClock(at)), JsonValue.Create(token), entry.ListCredential, did, at, HolderChallenge.Skew);
        return new(token, at, list.ValidUntil ?? throw BitstringRefusal.Verification("the status list does not say how long it stands"), list.StatusOf(entry).Meaning);
    }

    /// <summary>A version of a list that is its issuer's.</summary>
    private sealed record Version(string Token, DateTimeOffset From, DateTimeOffset Ends, StatusMeaning Meaning)
    {
        /// <summary>No list is believed for longer than by whoever fetches it.</summary>
        public DateTimeOffset Until => Ends < From + FetchedLists.LongestBelieved ? Ends : From + FetchedLists.LongestBelieved;

        public bool StoodAt(DateTimeOffset on) => From <= on && on < Until;
    }
}
