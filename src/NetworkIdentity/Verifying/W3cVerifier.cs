using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Recognizing;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Verifying;

/// <summary>Verifies credentials of the W3C data model, step by step: with proofs inside or around them [VCDM §7.1].</summary>
/// <remarks>Trust is decided before anything is fetched. Of a holder's DID nothing is fetched at all, unless it is trusted.</remarks>
/// <param name="nation">The nation whose schemas and context are known by their addresses.</param>
/// <param name="keys">The nation's own keys, whose times are known; null where it is looked at from outside.</param>
/// <param name="did">The nation's own DID; null where it has none, or is looked at from outside.</param>
/// <param name="dids">Where an issuer's keys are.</param>
/// <param name="types">The types that are known.</param>
/// <param name="statuses">Reads statuses.</param>
/// <param name="time">The clock.</param>
/// <param name="contexts">The contexts that are known; the nation's where null.</param>
/// <param name="recognised">By which recognitions an issuer is trusted, and so for which types alone; null for one that is trusted otherwise. Null where nobody is recognised.</param>
public sealed class W3cVerifier(
    Nation nation,
    KeyRing? keys,
    DidLog? did,
    DidResolver dids,
    IReadOnlyDictionary<string, CredentialType> types,
    BitstringReader statuses,
    TimeProvider time,
    KnownContexts? contexts = null,
    Func<string, IReadOnlyList<RegisteredRecognition>?>? recognised = null)
{
    private readonly IssuerProofs _proofs = new(dids, time);
    private readonly KnownContexts _contexts = contexts ?? Vocabulary.KnownBy(nation);

    /// <summary>Verifies one.</summary>
    /// <param name="secured">A document with proofs, an envelope, or a compact token.</param>
    /// <param name="trusts">Whether an issuer may say what the credential says.</param>
    /// <param name="terms">What must hold beyond its being good.</param>
    /// <param name="holder">The DID of who shows it, which was proven; null where nothing is said of who shows it.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<Examination> VerifyAsync(
        JsonNode? secured, Func<string, bool> trusts, CredentialTerms terms, string? holder = null, CancellationToken cancellation = default)
    {
        var begun = Begin(secured, trusts, terms);
        return begun.Fault is { } fault ? new(fault, null) : await ExamineAsync(begun, terms, holder, cancellation);
    }

    /// <summary>What is looked at before anything is looked up or any signature is verified: shape and issuer.</summary>
    private Begun Begin(JsonNode? secured, Func<string, bool> trusts, CredentialTerms terms)
    {
        var walk = new Walk();
        try
        {
            // 1. Shape: a credential of the data model, and something that secures it.
            var read = SecuredCredential.Read(secured);

            // 2. Issuer: trusted, before anything is looked up for it.
            walk.To(VerificationStep.Issuer);
            var issuer = read.Credential.Issuer;
            if (!trusts(issuer) || !Speaks(issuer, read.Credential)) return Refused("issuer_not_trusted");
            if (!terms.Accepts(issuer) && !(issuer == did?.Did && terms.Accepts(nation.Issuer)))
                return Refused("issuer_not_accepted", "the client doesn't take credentials of this issuer");
            return new(walk, read, null);
        }
        catch (Refusal refusal)
        {
            return new(walk, null, walk.Of(refusal));
        }

        Begun Refused(string reason, string? detail = null) => new(walk, null, walk.Refused(reason, detail));
    }

    /// <summary>The steps after shape and issuer.</summary>
    private async Task<Examination> ExamineAsync(Begun begun, CredentialTerms terms, string? holder, CancellationToken cancellation)
    {
        var (walk, read) = (begun.Walk, begun.Read!);
        var issuer = read.Credential.Issuer;
        try
        {
            // 3. Proof: by the issuer's keys for this; and the names in it mean what they seem to mean [DI §4.6].
            walk.To(VerificationStep.Proof);
            var proven = await _proofs.VerifyAsync(read, cancellation);
            var (credential, now) = (proven.Credential, time.GetUtcNow());
            if (issuer == did?.Did && proven.KeyUrls.Any(url => !SignedInItsTime(url, proven.SignedAt))) return Refused("issuer_key_retired");
            if (issuer != did?.Did && !await _proofs.StoodAsync(proven, cancellation)) return Refused("issuer_key_retired", "the issuer's DID did not have the key when the credential says that it was signed");

            // A proof may be older than contexts that the document has now: what stands there is what is read on, so both are looked at.
            _contexts.Check(credential);
            _contexts.Check(read.Credential);

            // 4. Validity.
            walk.To(VerificationStep.Validity);
            switch (credential.ValidityAt(now, HolderChallenge.Skew))
            {
                case Validity.NotYetValid: return Refused("not_yet_valid");
                case Validity.Expired: return Refused("expired");
            }

            if (terms.FaultOf(proven.SignedAt, credential.ValidUntil, now) is { } fault) return Refused(fault.Reason, fault.Words);

            // 6 before 5: the holder is checked before a status is looked up.
            if (holder is not null)
            {
                walk.To(VerificationStep.Holder);
                if (credential.Subjects.Any(subject => subject["id"]?.GetValue<string>() != holder)) return Refused("other_holder", "the credential is about another than who shows it");
            }

            // 5. Status: by each list that the issuer signed.
            walk.To(VerificationStep.Status);
            if (credential.Statuses.FirstOrDefault(status => (status["type"] as JsonValue)?.ToString() != BitstringStatusListEntry.Type) is not null)
                return new(walk.Undetermined("status_unknown", "the credential has a status of a kind that is not known here"), null);
            var entries = BitstringStatusListEntry.Of(credential.Json);
            if ((issuer == did?.Did || terms.NeedsStatus) && !entries.Any(entry => entry.Purpose == StatusPurpose.Revocation)) return Refused("no_status");
            var isSuspended = false;
            foreach (var entry in entries)
            {
                var (status, unknown) = await statuses.ReadAsync(entry, issuer, walk.Reads, cancellation);
                if (status is null) return new(walk.Undetermined("status_unknown", unknown), null);
                if (status.Meaning == StatusMeaning.Revoked) return Refused("revoked", "the credential was revoked");
                if (status.Meaning == StatusMeaning.Unknown && entry.Purpose != StatusPurpose.Message) return new(walk.Undetermined("status_unknown", "the list says a status that has no meaning here"), null);
                isSuspended |= status.Meaning == StatusMeaning.Suspended;
            }

            // 7. Schema: of each of its types, and of those that it names, as far as they are known here. One that is not could say anything.
            walk.To(VerificationStep.Type);
            var known = types.Values.Where(type => type.IsW3c && credential.Types.Contains(type.W3cName)).ToList();
            foreach (var schema in credential.Schemas)
            {
                if (SchemaOf(schema, issuer) is not { } named) return new(walk.Undetermined("schema_unknown", "the credential names a schema that is not known here"), null);
                if (schema.ContainsKey("digestSRI") || schema.ContainsKey("digestMultibase")) RelatedResource.Read(schema).Check(StrictJson.Write(named.W3cSchemaFile));
                if (named.W3cSchema.Validate(credential.Json) is [var violation, ..]) return Refused("schema_violated", $"{violation.Path} {violation.Words}");
            }

            if ((issuer == did?.Did || recognised?.Invoke(issuer) is not null) && known.Count == 0) return Refused("unknown_type");
            foreach (var type in known)
                if (type.W3cSchema.Validate(credential.Json) is [var violation, ..]) return Refused("schema_violated", $"{type.W3cName}: {violation.Path} {violation.Words}");
            return Examination.Of(walk, Found(read.Format, proven, known.FirstOrDefault(), entries), isSuspended);
        }
        catch (Refusal refusal)
        {
            return new(walk.Of(refusal), null);
        }

        Examination Refused(string reason, string? detail = null) => new(walk.Refused(reason, detail), null);
    }

    /// <summary>Verifies who shows a presentation, and every credential in it: one that is not right makes the whole not right.</summary>
    /// <remarks>Of every credential shape and issuer are looked at first; then who shows them; then the rest.</remarks>
    /// <param name="secured">A document with proofs, an envelope, or a compact token.</param>
    /// <param name="challenge">What its holder must answer; null where nobody was asked.</param>
    /// <param name="trusts">Whether an issuer may say what a credential says.</param>
    /// <param name="terms">What must hold of each credential beyond its being good.</param>
    /// <param name="aboutHolder">Whether there must be a credential, and each be about who shows it.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<PresentationExamination> VerifyPresentationAsync(
        JsonNode? secured, HolderChallenge? challenge, Func<string, bool> trusts, CredentialTerms terms, bool aboutHolder = true, CancellationToken cancellation = default)
    {
        var walk = new Walk();
        List<Begun> begun;
        string holder;
        try
        {
            var read = SecuredPresentation.Read(secured, aboutHolder ? 1 : 0);

            // Nothing is verified for who shows what is of an issuer that is not trusted, or can't be read.
            walk.To(VerificationStep.Issuer);
            begun = [.. read.Credentials.Select(credential => Begin(credential, trusts, terms))];
            if (Worst(begun.Select(one => one.Fault)) is { } fault) return new(fault, null, []);
            walk.To(VerificationStep.Holder);
            holder = await _proofs.VerifyAsync(read, challenge, trusts, cancellation);
            _contexts.CheckAround(read.Presentation);
        }
        catch (Refusal refusal)
        {
            return new(walk.Of(refusal), null, []);
        }

        var examined = new List<Examination>();
        foreach (var one in begun) examined.Add(await ExamineAsync(one, terms, aboutHolder ? holder : null, cancellation));
        return new(Worst(examined.Select(one => one.Verdict)) ?? Verdict.Accepted([]) with { Held = walk.All() }, holder, examined);
    }

    /// <summary>The verdict that decides over several: one that refuses before one that is undetermined; null where all accept.</summary>
    private static Verdict? Worst(IEnumerable<Verdict?> verdicts)
    {
        var faults = verdicts.Where(one => one is not null && one.Outcome != Outcome.Accepted).ToList();
        return faults.FirstOrDefault(one => one!.Outcome == Outcome.Refused) ?? faults.FirstOrDefault();
    }

    /// <summary>A credential whose shape and issuer were looked at.</summary>
    /// <param name="Walk">How far it has come.</param>
    /// <param name="Read">What was read; null where there is a fault.</param>
    /// <param name="Fault">What is wrong; null where nothing is.</param>
    private sealed record Begun(Walk Walk, SecuredCredential? Read, Verdict? Fault);

    /// <summary>Whether one of this nation's keys signed as what it is for, while it did: a list's key says nothing of members.</summary>
    private bool SignedInItsTime(string keyUrl, DateTimeOffset? signedAt) => keys!.Keys.Any(held =>
        held.Purpose == KeyPurpose.Assertion && did!.UrlOf(held.Signing!) == keyUrl && signedAt >= held.NotBefore && signedAt < held.RetireAfter);

    /// <summary>The type whose schema one is: they are common to all nations, and each serves them at its own address.</summary>
    private CredentialType? SchemaOf(JsonObject schema, string issuer)
    {
        if (schema["type"]?.ToString() != "JsonSchema") return null;
        var nations = (recognised?.Invoke(issuer) ?? []).Select(one => new Nation("", one.Content.Issuer!)).Prepend(nation).ToList();
        return types.Values.FirstOrDefault(type => type.IsW3c && nations.Any(one => schema["id"]?.ToString() == one.Url($"/schemas/{type.Name}.w3c.schema.json")));
    }

    /// <summary>Whether an issuer may say what a credential is: one that is trusted by recognitions, of types that those are for and of no other beside them.</summary>
    private bool Speaks(string issuer, VerifiableCredential credential)
    {
        if (recognised?.Invoke(issuer) is not { } by) return true;
        var named = by.SelectMany(one => one.Content.Types).ToHashSet(StringComparer.Ordinal);
        var all = types.Values.Where(type => named.Contains(type.Vct)).Select(type => type.W3cName).ToHashSet(StringComparer.Ordinal);
        return credential.Types.Where(type => type != VerifiableCredential.Type).ToList() is { Count: > 0 } said && said.All(all.Contains);
    }

    private CheckedCredential Found(string format, ProvenCredential proven, CredentialType? type, IReadOnlyList<BitstringStatusListEntry> entries)
    {
        var credential = proven.Credential;
        var own = entries.FirstOrDefault(entry => entry.Purpose == StatusPurpose.Revocation && statuses.OwnListOf(entry) is not null);
        return new(
            format,
            credential.Issuer,
            new(format, type?.W3cIri ?? Vocabulary.VerifiableCredentialIri, credential.Json) { OtherTypes = [Vocabulary.VerifiableCredentialIri] },
            type,
            Base64Url.Encode(SHA256.HashData(proven.Committed)),
            credential.Subjects is [var subject] ? subject["id"]?.GetValue<string>() : null,
            own is null ? null : (statuses.OwnListOf(own)!, own.Index))
        {
            ValidFrom = credential.ValidFrom,
            ValidUntil = credential.ValidUntil,
        };
    }
}
