using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Governing;
using NetworkIdentity.Keys;
using NetworkIdentity.Ledger;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Standards.OpenId4Vci;

namespace NetworkIdentity.Issuing;

/// <summary>Issues credentials: the record first, durable, then the signature [OpenID4VCI §8].</summary>
/// <remarks>
/// One transaction spends the nonces, takes the status slots, and stores the exact bytes to be signed, the disclosures and the journal rows.
/// Only then a key signs. Whatever was or may have been signed can therefore be found and revoked (I1, I2).
/// </remarks>
public sealed class Issuer(
    Database database,
    KeyRing keys,
    DidLog? did,
    IReadOnlyDictionary<string, CredentialType> types,
    CredentialNonces nonces,
    StatusSlots slots,
    TimeProvider time)
{
    /// <summary>How many credentials of a format one offer gives, each on a key of its own.</summary>
    public const int BatchSize = 8;

    /// <summary>How long a wallet is asked to wait before it comes back for what is not decided yet.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(30);

    private readonly Connecting _connecting = new(database, keys, new Offering(database, keys, did, types, time), time);
    private readonly Drafting _drafting = new(keys, did, slots, time);
    private readonly Revoker _revoker = new(database, keys, time);

    /// <summary>What a wallet gets.</summary>
    /// <param name="Credentials">In the order of the proofs.</param>
    /// <param name="NotificationId">The handle for the wallet's notification.</param>
    /// <param name="RecordIds">The ids of their records.</param>
    public sealed record Issued(IReadOnlyList<JsonNode> Credentials, string NotificationId, IReadOnlyList<string> RecordIds)
    {
        /// <summary>Under what a wallet comes back for it, where it waits for a decision and nothing is issued; else null.</summary>
        public string? TransactionId { get; init; }
    }

    /// <summary>Answers a credential request.</summary>
    /// <param name="accessToken">The token of the request's header.</param>
    /// <param name="body">The request, read only once the token is good.</param>
    /// <exception cref="Refusal"><c>invalid_token</c>, or a code of <see cref="VciRefusal"/>.</exception>
    public async Task<Issued> IssueAsync(string accessToken, ReadOnlyMemory<byte> body)
    {
        // 1. The token opens the credential endpoint, for one offer.
        var token = await AccessTokens.FindGoodAsync(database, accessToken, AccessTokens.ForCredential, Now()) ?? throw OAuthRefusal.InvalidToken();
        var offer = await Offers.FindAsync(database, token.SubjectId) ?? throw OAuthRefusal.InvalidToken();

        // 2. The request asks for what the token covers.
        var request = CredentialRequest.Parse(body.Span);
        if (request.ConfigurationId is { } wanted && !types.Values.SelectMany(type => CredentialConfiguration.Of(type, did)).Any(one => one.Id == wanted)) throw VciRefusal.UnknownCredentialConfiguration();
        var configuration = ConfigurationOf(request, token.Scope, types[offer.Type].Lasting(offer.ValidDays));
        if (request.Proofs.Count > BatchSize) throw VciRefusal.InvalidCredentialRequest($"at most {BatchSize} proofs: see batch_credential_issuance");

        // 3. Each proof binds a key of its own, and its nonce is ours and fresh.
        var proofs = request.Proofs.Select(proof => KeyProof.Verify(proof, keys.Nation.Issuer, token.ClientId, time.GetUtcNow(), configuration.NamesHolderByDid)).ToList();
        if (proofs.DistinctBy(proof => proof.HolderKey.Thumbprint()).Count() != proofs.Count)
            throw VciRefusal.InvalidProof("two proofs are of the same key");
        var spend = proofs.Select(proof => proof.Nonce).Distinct().Select(nonces.Use).ToList();

        if (offer.ApplicationId is { } application) return await DeferAsync(configuration, token, offer.Id, application, proofs, spend);
        return (await RecordAndSignAsync(configuration, offer, [.. proofs], spend))!;
    }

    /// <summary>Answers a wallet that comes back for what it asked for [OpenID4VCI §9].</summary>
    /// <param name="accessToken">The token of the request's header.</param>
    /// <param name="body">The request, read only once the token is good.</param>
    /// <exception cref="Refusal"><c>invalid_token</c>, <c>invalid_transaction_id</c>, <c>credential_request_denied</c>, or another code of <see cref="VciRefusal"/>.</exception>
    public async Task<Issued> ReturnAsync(string accessToken, byte[] body)
    {
        var token = await AccessTokens.FindGoodAsync(database, accessToken, AccessTokens.ForCredential, Now()) ?? throw OAuthRefusal.InvalidToken();
        var waiting = await Deferrals.FindAsync(database, DeferredCredentialRequest.Parse(body).TransactionId);
        return waiting is not null && waiting.OfferId == token.SubjectId ? await GiveAsync(waiting) ?? throw VciRefusal.InvalidTransactionId() : throw VciRefusal.InvalidTransactionId();
    }

    /// <summary>Gives a member what they hold of a type once more, as a file: a W3C credential in a JWT, that is nobody's key's. There is one for each offer; who asks again gets the same.</summary>
    /// <param name="memberId">The member.</param>
    /// <param name="typeName">The type's name.</param>
    /// <exception cref="Refusal"><c>unknown_type</c>: there is none, or not in this format. <c>unknown_credential</c>: they hold none of it in force.</exception>
    public async Task<Issued> DownloadAsync(string memberId, string typeName)
    {
        if (did is null || !types.TryGetValue(typeName, out var type) || !type.IsW3c) throw NationRefusal.UnknownType(types.Keys);
        var held = (await Credentials.ListAsync(database, memberId)).LastOrDefault(row => row.Type == typeName && row.Stands(Now())) ?? throw NationRefusal.UnknownCredential();
        var offer = await Offers.FindAsync(database, held.OfferId) ?? throw NationRefusal.UnknownCredential();
        return (await RecordAndSignAsync(new(type.Lasting(offer.ValidDays), CredentialConfiguration.VcJwt), offer, [null], [Credentials.Stands(held.Id, Now())]))!;
    }

    /// <summary>A membership is taken by who has no wallet: it is on record, in force, and nobody's key's (decision 0048).</summary>
    /// <param name="offerId">The offer, which is spent by it.</param>
    /// <param name="actor">Who takes it, by their member id.</param>
    /// <param name="wanted">What must be so of them. Each breaks with <see cref="Mandate.Condition"/>.</param>
    /// <exception cref="Refusal"><c>no_did</c>, <c>mandate_missing</c>; a code of <see cref="VciRefusal"/>: it gives nothing any more.</exception>
    internal async Task TakeOnPaperAsync(string offerId, string actor, IReadOnlyList<Statement> wanted)
    {
        var offer = await Offers.FindAsync(database, offerId) ?? throw NationRefusal.UnknownCredential();
        CheckPaper(offer.Type);
        var type = types[offer.Type];
        var version = (await Nations.FindAsync(database))!.CharterVersion;
        List<Statement> act = [.. wanted, Offers.Redeem(offer.Id, Now()), Journal.Write("take-on-paper", offer.Id, actor, version, Now())];
        Delivered(await RecordAndSignAsync(new(type.Lasting(offer.ValidDays), CredentialConfiguration.VcJwt), offer, [null], act) ?? throw NationRefusal.MandateMissing(Printing.StewardAct));
    }

    /// <summary>Whether a type can be taken without a wallet here.</summary>
    /// <exception cref="Refusal"><c>no_did</c>.</exception>
    internal void CheckPaper(string typeName)
    {
        if (did is null || !types[typeName].IsW3c) throw NationRefusal.NoDid();
    }

    /// <summary>Keeps what a wallet asks for that was offered ahead of a decision, once for each configuration and on one set of keys, and gives it where that is decided by now.</summary>
    private async Task<Issued> DeferAsync(CredentialConfiguration configuration, AccessTokens.Row token, string offerId, string application, List<KeyProof> proofs, List<Statement> spend)
    {
        var asked = proofs.Select(ThumbprintOf).ToHashSet();
        for (var attempt = 0; attempt < 16; attempt++)
        {
            var offer = (await Offers.FindAsync(database, offerId))!;
            var member = await Member.FindAsync(database, keys, offer.MemberId) ?? throw VciRefusal.CredentialRequestDenied("the member is gone");
            if (await Deferrals.FindAsync(database, offerId, configuration.Id) is { } waiting)
            {
                // Asked again: the same transaction, for the same keys.
                if (!asked.SetEquals(HoldersOf(waiting, member).Select(ThumbprintOf))) throw VciRefusal.CredentialRequestDenied("this offer waits for the keys that were proven before");
                if (spend.Count > 0 && await database.CommitAsync([.. spend]) is not null) throw VciRefusal.InvalidNonce();
                spend = [];
                if (await GiveAsync(waiting) is { } given) return given;
                continue;
            }

            // What was given is asked for again as of any offer, and a token that was renewed proves no key anew.
            var known = (await Credentials.OfOfferAsync(database, offerId)).Where(row => row.Format == configuration.Format).Select(row => row.HolderThumbprint).ToHashSet();
            if (token.Scope.Split(' ').Contains(AccessTokens.Renewed) && !asked.IsSubsetOf(known)) throw VciRefusal.CredentialRequestDenied("a token that was renewed opens what was asked for before");
            if (known.Count > 0 && await _connecting.AdmissionAsync(offerId) is var (rested, act)) return (await RecordAndSignAsync(configuration, rested, [.. proofs], [.. spend, .. act]))!;

            var row = new Deferrals.Row { Id = RandomId.New(), OfferId = offerId, ConfigurationId = configuration.Id, Keys = member.Data.Seal(Write(proofs), WaitsFor(offerId)), CreatedAt = Now() };
            var version = (await Nations.FindAsync(database))!.CharterVersion;
            switch (await database.CommitAsync([.. spend, Offers.Gives(offerId), Deferrals.Insert(row), Journal.Write("defer", row.Id, application, version, Now())]))
            {
                case null: spend = []; break;
                case Spent.CredentialNonce: throw VciRefusal.InvalidNonce();
                case "revoked": throw VciRefusal.CredentialRequestDenied("the application was refused or withdrawn or has lapsed, or its membership was taken another way");
            }
        }

        throw new InvalidOperationException("the transaction moved 16 times");
    }

    /// <summary>Gives what waits, or says that it waits on; null where it was given meanwhile.</summary>
    private async Task<Issued?> GiveAsync(Deferrals.Row waiting)
    {
        for (var attempt = 0; attempt < 16; attempt++)
        {
            if (await _connecting.AdmissionAsync(waiting.OfferId) is not var (offer, act)) return new([], "", []) { TransactionId = waiting.Id };
            var member = await Member.FindAsync(database, keys, offer.MemberId) ?? throw VciRefusal.CredentialRequestDenied("the member is gone");
            var configuration = CredentialConfiguration.Of(types[offer.Type], did).FirstOrDefault(one => one.Id == waiting.ConfigurationId) ?? throw VciRefusal.CredentialRequestDenied("it is not offered any more");
            if (await RecordAndSignAsync(configuration, offer, [.. HoldersOf(waiting, member)], [Deferrals.Spend(waiting.Id), .. act]) is { } issued) return issued;
            if (await Deferrals.FindAsync(database, waiting.Id) is null) return null;
        }

        throw new InvalidOperationException("the application moved 16 times");
    }

    /// <summary>Null where what it rests on has moved, or what waits was given meanwhile.</summary>
    private async Task<Issued?> RecordAndSignAsync(CredentialConfiguration configuration, Offers.Row offer, List<KeyProof?> holders, IReadOnlyList<Statement> conditions)
    {
        // 4. The member may still be given this, and it has not ended by itself since it was offered. What was decided is the offer: what it gives is given under its version.
        var member = await Member.FindAsync(database, keys, offer.MemberId) ?? throw VciRefusal.CredentialRequestDenied("the member is gone");
        var claims = StrictJson.ParseObject(member.Data.Open(offer.Claims, Offering.Owner(offer.Id)));
        configuration = configuration with { Type = configuration.Type.Under(await Rules.FindAsync(database, claims.RequiredString("charter_version"))) };
        if (configuration.Type.Rules.TimesOf(claims, time.GetUtcNow()).ExpiresAt <= time.GetUtcNow())
            throw VciRefusal.CredentialRequestDenied("what was offered has ended by itself");
        var (actor, charterVersion) = (offer.DecisionId ?? Mandate.Founder, claims.RequiredString("charter_version"));
        var here = offer.Type == CredentialType.Exit ? Members.HasLeft(member.Id) : Members.IsHere(member.Id);
        Statement[] belongs = configuration.Type.Rules.IsForMembers ? [Credentials.Belongs(member.Id, Now())] : [];

        // 5. Record, then sign. Lost races for a slot or an ordinal are tried again; a spent nonce is not.
        for (var attempt = 0; attempt < 16; attempt++)
        {
            var (records, act) = await DraftAsync(configuration, offer, member, claims, holders);
            var node = (await Members.FindAsync(database, member.Id))?.NodeId;
            var now = Now();

            // A wallet that takes the place of a lost one: all that the other holds ends in this commit.
            var returned = offer.DecisionId is null ? [] : await Granting.ReturnedAsync(database, offer, now);
            var replaced = offer.DecisionId is null ? [] : await Rebinding.ReplacedAsync(database, _revoker, offer, time.GetUtcNow());
            var broken = await database.CommitAsync(
            [
                .. conditions,
                .. returned,
                here,
                Offers.Gives(offer.Id),
                .. replaced,
                .. belongs,
                .. act,
                .. act.Count > 0 ? [Members.Activate(member.Id, now)] : Array.Empty<Statement>(),
                .. records.Where(record => record.IsNew).Select(record => Undelivered.Insert(record.Row.Id, now)),
                .. records.Where(record => record.IsNew).Select(record => Journal.Write("issue", record.Row.Id, actor, charterVersion, now, record.Row.ToBeSignedDigest, CountedAs(record.Row, node))),
            ]);
            if (broken == Spent.CredentialNonce) throw VciRefusal.InvalidNonce();
            if (broken is Mandate.Condition or Deferrals.OnceCondition) return null;
            if (broken is "revoked" or "redeemed" or Credentials.StandsCondition) throw VciRefusal.CredentialRequestDenied("what this offer gave has been revoked, or is suspended");
            if (broken == Members.HereCondition && returned.Count > 0) continue;
            if (broken is Members.HereCondition or MembershipGrants.MovedCondition) throw VciRefusal.CredentialRequestDenied("it is for who belongs, or for who has left, and they are not");
            if (broken == Credentials.BelongsCondition) throw VciRefusal.CredentialRequestDenied("the member holds no membership credential in force");
            if (broken is null) return await SignAsync(records.Select(record => record.Row), member);
        }

        throw new InvalidOperationException("the act lost 16 races for a status slot or an ordinal");
    }

    /// <summary>A credential of a record once more, for whom it is about; null where the key that it was signed with signs nothing any more.</summary>
    /// <param name="record">The record, which stands.</param>
    /// <param name="member">The member it is about.</param>
    internal async Task<JsonNode?> AgainAsync(Credentials.Row record, Member member) =>
        keys.Keys.FirstOrDefault(key => key.Kid == record.Kid) is { } key && key.RetireAfter > time.GetUtcNow() ? await _drafting.SignAsync(record, member.Data.Open(record.Disclosures, Owner(record.Id))) : null;

    /// <summary>An answer was handed over, as far as can be seen from here. Nobody waits for this: where it can't be kept, the records stay among the undelivered.</summary>
    public void Delivered(Issued issued) => _ = DeliverAsync(issued);

    /// <summary>Keeps what a wallet says became of what it was given [OpenID4VCI §11]. A repeat changes nothing.</summary>
    /// <param name="accessToken">The token of the request's header.</param>
    /// <param name="body">The notification, read only once the token is good.</param>
    /// <exception cref="Refusal"><c>invalid_token</c>, <c>invalid_notification_request</c>, <c>invalid_notification_id</c>.</exception>
    public async Task NotifyAsync(string accessToken, byte[] body)
    {
        var token = await AccessTokens.FindGoodAsync(database, accessToken, AccessTokens.ForCredential, Now()) ?? throw OAuthRefusal.InvalidToken();
        var notification = Notification.Parse(body);
        var broken = await database.CommitAsync(
            Credentials.Notify(notification.NotificationId, token.SubjectId, notification.Event), Undelivered.DeleteNotified(notification.NotificationId));
        if (broken is not null) throw VciRefusal.InvalidNotificationId();
    }

    private async Task DeliverAsync(Issued issued)
    {
        try
        {
            await database.CommitAsync([.. issued.RecordIds.Select(Undelivered.Delete)]);
        }
        catch (Exception exception) when (exception is System.Data.Common.DbException or DatabaseBusyException)
        {
            // An operator sees them listed, and can ask the member.
        }
    }

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>What is asked for, of what the token covers.</summary>
    private CredentialConfiguration ConfigurationOf(CredentialRequest request, string scope, CredentialType type)
    {
        // A token for all that was offered has the type in its scope; one for what was asked for has that, and gave its ids as identifiers.
        var covered = scope.Split(' ');
        var hasIdentifiers = covered.Contains(AccessTokens.WithIdentifiers);
        if (request.Identifier is { } identifier)
        {
            return CredentialConfiguration.Of(type, did).FirstOrDefault(one => hasIdentifiers && one.Id == identifier && covered.Contains(identifier))
                ?? throw VciRefusal.UnknownCredentialIdentifier();
        }

        var configuration = CredentialConfiguration.Of(type, did).FirstOrDefault(one => one.Id == request.ConfigurationId);
        return configuration is not null && (!hasIdentifiers || covered.Contains(configuration.Id)) ? configuration : throw VciRefusal.InsufficientScope();
    }

    /// <summary>
    /// The records of an answer: those that this offer gave these keys before (a lost answer that is asked for again), and new ones with the
    /// statements that keep them.
    /// </summary>
    private async Task<(List<(Credentials.Row Row, bool IsNew)> Records, List<Statement> Act)> DraftAsync(
        CredentialConfiguration configuration, Offers.Row offer, Member member, JsonObject claims, List<KeyProof?> holders)
    {
        var before = (await Credentials.OfOfferAsync(database, offer.Id)).Where(row => row.Format == configuration.Format).ToList();
        var known = holders.Select(holder => (Holder: holder, Row: before.FirstOrDefault(row => row.HolderThumbprint == ThumbprintOf(holder)))).ToList();
        var missing = known.Count(one => one.Row is null);
        if (before.Count + missing > BatchSize) throw VciRefusal.CredentialRequestDenied("this offer has given all the credentials it holds");

        var notificationId = known.FirstOrDefault(one => one.Row is not null).Row?.NotificationId ?? RandomId.New();
        var records = new List<(Credentials.Row, bool)>();
        var act = new List<Statement>();
        var taken = await slots.PickAsync(missing);
        foreach (var (holder, row) in known)
        {
            if (row is not null)
            {
                records.Add((row, false));
                continue;
            }

            var slot = taken.Dequeue();
            var draft = Record(configuration, offer, member, claims, holder, slot, before.Count + records.Count(record => record.Item2), notificationId);
            act.AddRange([StatusLists.Take(slot.ListId, slot.Index, draft.Id), Credentials.Insert(draft)]);
            records.Add((draft, true));
        }

        return (records, act);
    }

    private Credentials.Row Record(
        CredentialConfiguration configuration, Offers.Row offer, Member member, JsonObject claims, KeyProof? holder, StatusSlots.Slot slot, long ordinal, string notificationId)
    {
        var draft = _drafting.Of(configuration, claims, holder, slot);
        var (issuedAt, _, expiresAt) = configuration.Type.Rules.TimesOf(claims, time.GetUtcNow());
        var id = RandomId.New();
        return new Credentials.Row
        {
            Id = id,
            MemberId = member.Id,
            OfferId = offer.Id,
            Ordinal = ordinal,
            Type = configuration.Type.Name,
            Format = configuration.Format,
            ListId = slot.ListId,
            Idx = slot.Index,
            Kid = draft.KeyId,
            HolderThumbprint = ThumbprintOf(holder),
            ToBeSigned = draft.Committed,
            ToBeSignedDigest = Base64Url.Encode(SHA256.HashData(draft.Committed)),
            Disclosures = member.Data.Seal(draft.Sealed, Owner(id)),
            NotificationId = notificationId,
            RecordedAt = Now(),
            IssuedAt = issuedAt.ToUnixTimeSeconds(),
            ExpiresAt = expiresAt.ToUnixTimeSeconds(),
        };
    }

    private async Task<Issued> SignAsync(IEnumerable<Credentials.Row> records, Member member)
    {
        var (credentials, ids) = (new List<JsonNode>(), new List<string>());
        var notificationId = "";
        foreach (var record in records)
        {
            credentials.Add(await _drafting.SignAsync(record, member.Data.Open(record.Disclosures, Owner(record.Id))));
            notificationId = record.NotificationId;
            ids.Add(record.Id);
        }

        return new Issued(credentials, notificationId, ids);
    }

    /// <summary>The keys that were proven for what waits.</summary>
    private static IEnumerable<KeyProof> HoldersOf(Deferrals.Row waiting, Member member) => ((JsonArray)StrictJson.Parse(member.Data.Open(waiting.Keys, WaitsFor(waiting.OfferId)))!)
        .Select(one => new KeyProof(Jwk.Parse(one!.AsObject().RequiredObject("jwk")), one.AsObject().OptionalString("did"), ""));

    private static byte[] Write(IEnumerable<KeyProof> holders) => StrictJson.Write(new JsonArray([.. holders.Select(holder =>
    {
        var json = new JsonObject { ["jwk"] = holder.HolderKey.ToJson() };
        if (holder.HolderDid is { } did) json["did"] = did;
        return json;
    })]));

    private static string WaitsFor(string offerId) => $"deferral/{offerId}";

    /// <summary>What a record names a holder's key by; empty for nobody's.</summary>
    private static string ThumbprintOf(KeyProof? holder) => holder?.HolderKey.Thumbprint() ?? "";

    /// <summary>What a census reads of an issue.</summary>
    internal static string CountedAs(Credentials.Row record, string? node) => Counted.Of(record.MemberId, node, record.Type, record.ExpiresAt).Text;

    /// <summary>The name that what a record keeps is sealed for.</summary>
    internal static string Owner(string credentialId) => $"credential/{credentialId}";
}
