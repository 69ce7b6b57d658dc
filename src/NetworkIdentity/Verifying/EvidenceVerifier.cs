using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Verifying;

/// <summary>Answers whether a credential was good on a day, by the evidence that was kept of it and nothing else: no network, no database, and no nation that is still there (decision 0054).</summary>
/// <remarks>
/// Accepted is what holds in every part: the issuer's key stood in the log of its DID when the credential was signed, the day is in its time, a status list that stood on that day says that it was good, and
/// its issue and the list are leaves of the public log. What is wrong is refused, what is missing undetermined; what is wrong counts before what is missing.
/// </remarks>
public static class EvidenceVerifier
{
    /// <summary>The member <c>format</c> by which evidence is known.</summary>
    public const string Format = "network-identity-evidence:1";

    /// <summary>Whether a file is evidence, of this format or of one that is not known here.</summary>
    public static bool IsOne(JsonNode? file) => file is JsonObject json && json["format"] is JsonValue format && format.ToString().StartsWith(Format[..^1], StringComparison.Ordinal);

    /// <summary>Looks at evidence.</summary>
    /// <param name="evidence">The file.</param>
    /// <param name="pinned">The nation's did:webvh, which one has by a way of one's own: by its SCID it is this nation and no other. Without it nothing is accepted, since whoever makes up a nation can make up its evidence.</param>
    /// <param name="on">The moment that is asked about.</param>
    /// <param name="time">The clock: no log is from later than it.</param>
    public static async Task<VerificationReport> VerifyAsync(JsonObject evidence, string? pinned, DateTimeOffset on, TimeProvider time)
    {
        try
        {
            return await new Run(evidence, pinned, on, time).VerifyAsync();
        }
        catch (Refusal refusal)
        {
            return Nothing(Verdict.Refused(VerificationStep.Shape, "shape_invalid", refusal.Description));
        }
    }

    private static VerificationReport Nothing(Verdict verdict) => new(null, null, null, verdict, VerificationReport.StepsOf(verdict, StepState.NotShown));

    /// <summary>One look at one file.</summary>
    private sealed class Run(JsonObject evidence, string? pinned, DateTimeOffset on, TimeProvider time)
    {
        private readonly List<Verdict> _faults = [];
        private readonly List<EvidenceFact> _facts = [];
        private TimeProvider _then = new StandingClock(on);

        public async Task<VerificationReport> VerifyAsync()
        {
            if (evidence.OptionalString("format") != Format) throw Refusal.Malformed($"format is not {Format}");
            if (evidence["credential"] is not { } brought) return Nothing(Incomplete(VerificationStep.Shape, "the credential"));
            var credential = EvidenceCredential.Read(brought);

            // 1. The issuer: its address, and a DID that is of that address; and it is the one that is trusted.
            if (evidence.OptionalString("issuer") is not { } issuer || evidence.OptionalString("did") is not { } did) return Nothing(Incomplete(VerificationStep.Issuer, "the issuer, or its DID"));
            var trusted = LookAtIssuer(issuer, did);

            // 2. The history of its DID, whole.
            var history = ReadHistory(did);
            if (trusted is null || history is null) return Nothing(Decided()!) with { Facts = _facts };

            LookAtValidity(credential);
            if (on > time.GetUtcNow() + HolderChallenge.Skew) _faults.Add(Verdict.Undetermined(VerificationStep.Status, "status_not_covered", "that moment has not come yet"));

            // 3. The type and its schema. 4. The lists. 5. The credential itself, as of the day, with the lists that stood then.
            var (types, ofType) = LookAtType(credential);
            var lists = await EvidenceLists.CheckAsync(evidence.OptionalArray("lists"), credential, issuer, did, history, on);
            var report = await LookAtCredentialAsync(credential, trusted, types, history, lists);
            if (report.Verdict is { Step: VerificationStep.Type, Outcome: not Outcome.Accepted }) ofType.Add(report.Verdict);
            Say("type", ofType, "the credential is of the type, and fits its schema");
            _faults.AddRange(lists.Faults);
            if (credential.Statuses.Count > 0) Say("lists", lists.Faults, $"the status lists stood from {lists.Words}");

            // 6. The public log. 7. The charter. Recognitions are carried along.
            var digest = await credential.DigestAsync(history.ResolverAt(credential.SignedAt ?? on), _then);
            var log = EvidenceLog.Check(evidence.OptionalObject("log"), trusted.Nation.LogOrigin, history, digest, credential.SignedAt ?? on, lists.Published);
            _faults.AddRange(log.Faults);
            Say("log", log.Faults, $"the issue and the lists are in the public log, which had {log.Size} leaves" + (log.IssuedAt is { } at ? $"; it was issued {at.UtcDateTime:u}" : ""));
            LookAtCharter(credential);
            if (evidence.OptionalArray("recognitions") is { Count: > 0 } recognitions) _facts.Add(new("recognitions", StepState.NotShown, $"{recognitions.Count} recognitions are with it, which are not looked at"));

            return Decided() is { } verdict ? report with { Verdict = verdict with { Held = report.Verdict.Held }, Steps = VerificationReport.StepsOf(verdict with { Held = report.Verdict.Held }, StepState.NotShown), Facts = _facts }
                : report with { Facts = _facts };
        }

        private TrustedIssuer? LookAtIssuer(string issuer, string did)
        {
            var trusted = issuer.StartsWith("did:", StringComparison.Ordinal) ? null : TrustedIssuer.Of(issuer, local: true);
            var isPinned = IsWebVh(pinned);
            var fault = trusted is null || trusted.Nation.Issuer != issuer || !IsWebVh(did) || !trusted.Is(did) ? Verdict.Refused(VerificationStep.Issuer, "issuer_not_trusted", "the DID is not one of the issuer's address")
                : !isPinned ? Verdict.Undetermined(VerificationStep.Issuer, "issuer_not_pinned", $"whoever makes up a nation can make up its evidence: name the nation's did:webvh, got by a way of your own. The evidence's own word is {did}")
                : ScidOf(pinned!) != ScidOf(did) ? Verdict.Refused(VerificationStep.Issuer, "issuer_not_trusted", "the issuer is another than the one that is trusted")
                : null;
            if (fault is not null) _faults.Add(fault);
            _facts.Add(fault is null ? new("did", StepState.Held, pinned == did ? "the DID is the one that you trust" : $"it is the nation that you trust, by the part behind did:webvh:, and at another address than the one that you wrote: {did}")
                : fault.Outcome == Outcome.Refused ? EvidenceFact.Of("did", fault)
                : new("did", StepState.NotShown, $"the DID is the evidence's own word: compare it with what you have of the nation by another way: {did}"));
            return fault?.Outcome == Outcome.Refused ? null : trusted!.With(did);

            static bool IsWebVh(string? text) => text?.StartsWith("did:webvh:", StringComparison.Ordinal) == true;
            static string ScidOf(string text) => text.Split(':')[2];
        }

        private EvidenceHistory? ReadHistory(string did)
        {
            EvidenceHistory? history = null;
            Verdict? fault = null;
            try
            {
                if (evidence.OptionalString("did_log") is not { } log) fault = Incomplete(VerificationStep.Proof, "the log of the issuer's DID");
                else if ((history = EvidenceHistory.Read(did, log, evidence["did_witness"], time)) is null) fault = Incomplete(VerificationStep.Proof, "what the witnesses of the DID's log say");
            }
            catch (Refusal refusal)
            {
                fault = Verdict.Refused(VerificationStep.Proof, "did_log_invalid", $"the log of the issuer's DID does not verify: {refusal.Description}");
            }

            if (fault is not null) _faults.Add(fault);
            _facts.Add(fault is not null ? EvidenceFact.Of("did_log", fault) : new("did_log", StepState.Held, $"the log of the DID verifies, with {history!.Count} versions"));
            return history;
        }

        /// <summary>
        /// The types by which it is looked at, and what is wrong with what the evidence says of its own. A type that is known here is judged by what is known of it alone. Of another, since this program is
        /// of another year, the evidence's own word counts for an SD-JWT VC; it is a stranger's, so a pattern that could take a browser too long is tried nowhere.
        /// </summary>
        private (IReadOnlyDictionary<string, CredentialType> Types, List<Verdict> Faults) LookAtType(EvidenceCredential credential)
        {
            var types = CredentialType.LoadAll();
            var (metadata, schema) = evidence.OptionalObject("type") is { } type ? (type.OptionalObject("metadata"), type.OptionalObject("schema")) : (null, null);
            var known = types.Values.Append(CredentialType.Card).FirstOrDefault(one => credential.Vc is { } vc ? one.Vct == vc.Type : one.IsW3c && credential.Secured!.Credential.Types.Contains(one.W3cName));
            Verdict? fault = null;
            if (schema is null || (credential.Vc is not null && metadata is null)) fault = Unknown("the type of the credential, or its schema, is not there");
            try
            {
                if (fault is null && credential.Vc is { } vc && metadata!.RequiredString("vct") != vc.Type) throw Refusal.Malformed("the type is another than the credential's");
                if (fault is null && credential.Secured is { } secured)
                {
                    foreach (var named in secured.Credential.Schemas.Where(named => named.ContainsKey("digestSRI") || named.ContainsKey("digestMultibase"))) RelatedResource.Read(named).Check(StrictJson.Write(schema!));
                    if (known is null) fault = Unknown("the type of the credential is not known here");
                    else if (known.W3cSchema.Validate(secured.Credential.Json) is [var violation, ..]) fault = Verdict.Refused(VerificationStep.Type, "schema_violated", $"{violation.Path} {violation.Words}");
                }

                // Of one that is known its own check says the rest.
                if (credential.Vc is not null && known is null)
                {
                    if (fault is null && !QuickPatterns.AreAll(schema)) fault = Unknown("the type is not known here, and a pattern of its schema could take too long");
                    var own = fault is null ? CredentialType.Load("evidence", StrictJson.Write(schema!), StrictJson.Write(metadata!)) : Anything(credential.Vc.Type);
                    types = new Dictionary<string, CredentialType> { [own.Name] = own };
                }
            }
            catch (Refusal refusal)
            {
                fault = Verdict.Refused(VerificationStep.Type, "type_invalid", $"what is said of the type is not the credential's: {refusal.Description}");
            }

            List<Verdict> faults = fault is null ? [] : [fault];
            _faults.AddRange(faults);
            return (types, faults);

            static Verdict Unknown(string words) => Verdict.Undetermined(VerificationStep.Type, "schema_unknown", words);

            // A type by which nothing is wrong: that it is not known is told already.
            static CredentialType Anything(string vct) => CredentialType.Load("evidence", """{"properties":{}}"""u8.ToArray(), StrictJson.Write(new JsonObject { ["vct"] = vct, ["claims"] = new JsonArray(), ["validity_days"] = 1 }));
        }

        /// <summary>Of a day on which it was not valid, what remains is looked at as of the nearest on which it was: so that what is wrong is told of it, and not of a certificate that was not there yet.</summary>
        private void LookAtValidity(EvidenceCredential credential)
        {
            var (from, until) = credential.Times;
            if (from - HolderChallenge.Skew > on) Outside(from!.Value, "not_yet_valid");
            else if (until <= on) Outside(until.Value - TimeSpan.FromSeconds(1), "expired");

            void Outside(DateTimeOffset nearest, string reason)
            {
                _faults.Add(Verdict.Refused(VerificationStep.Validity, reason));
                _then = new StandingClock(nearest);
            }
        }

        private async Task<VerificationReport> LookAtCredentialAsync(
            EvidenceCredential credential, TrustedIssuer trusted, IReadOnlyDictionary<string, CredentialType> types, EvidenceHistory history, EvidenceLists lists)
        {
            // The keys of the credential are those of its own time, and those of a list are those of the list's.
            var (issuer, did, signed, listed) = (trusted.Nation.Issuer, trusted.Did!, credential.SignedAt ?? on, lists.StandingSince ?? on);
            using var fetcher = new Fetcher(new Fetcher.Options { Files = lists.Standing }, _then);
            var certificates = new IssuerCertificates(_ => [], history.CertificatesAt(issuer, signed));
            var certificatesOfLists = new IssuerCertificates(_ => [], history.CertificatesAt(issuer, listed));
            var statuses = new StatusReader("", _ => Task.FromResult<string?>(null), new(fetcher, certificatesOfLists, _then, _ => { }), certificatesOfLists, _then);
            var resolverOfLists = history.ResolverAt(listed);
            var bitstrings = new BitstringReader(null, null, resolverOfLists, _ => Task.FromResult<JsonObject?>(null), new(fetcher, resolverOfLists, _then, _ => { }), _then);
            var verifier = new PublicVerifier(
                new(null, types, certificates, statuses, _then), new(trusted.Nation, null, null, history.ResolverAt(signed), CredentialType.LoadAll(), bitstrings, _then), other => other == did);
            var report = await verifier.VerifyAsync(credential.Text);

            // That no list stood is told in its own words.
            var isToldByLists = report.Verdict is { Outcome: Outcome.Undetermined, Reason: "status_unknown" } && (lists.Faults.Count > 0 || _then.GetUtcNow() != on);
            if (report.Verdict.Outcome != Outcome.Accepted && !isToldByLists) _faults.Add(report.Verdict);
            return report;
        }

        /// <summary>The charter of the version under which it was issued. Nothing proves its words: it is there to be read.</summary>
        private void LookAtCharter(EvidenceCredential credential)
        {
            if (evidence.OptionalObject("charter") is not { } charter) return;
            var isOfVersion = charter.OptionalString("version") is { } version && version == credential.CharterVersion;
            var fault = isOfVersion ? null : Verdict.Refused(VerificationStep.Log, "charter_mismatch", "the charter is of another version than the one that the credential names");
            if (fault is not null) _faults.Add(fault);
            _facts.Add(fault is not null ? EvidenceFact.Of("charter", fault)
                : new("charter", StepState.NotShown, $"the charter is of the version that the credential names; its digest, which the nation can confirm, is {Base64Url.Encode(SHA256.HashData(Jcs.Canonicalize(charter)))}"));
        }

        private void Say(string fact, List<Verdict> faults, string words) => _facts.Add(Worst(faults) is { } fault ? EvidenceFact.Of(fact, fault) : new(fact, StepState.Held, words));

        private Verdict? Decided() => Worst(_faults);

        private static Verdict? Worst(List<Verdict> faults) => faults.FirstOrDefault(fault => fault.Outcome == Outcome.Refused) ?? faults.FirstOrDefault();

        private static Verdict Incomplete(VerificationStep step, string what) => Verdict.Undetermined(step, "evidence_incomplete", $"it is not there: {what}");
    }
}
