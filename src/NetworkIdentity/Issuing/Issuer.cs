using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Standards.OpenId4Vci;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Issuing;

/// <summary>Issues credentials: the record first, durable, then the signature [OpenID4VCI §8].</summary>
/// <remarks>
/// One transaction spends the nonces, takes the status slots, and stores the exact bytes to be signed, the disclosures and the journal rows.
/// Only then a key signs. Whatever was or may have been signed can therefore be found and revoked (I1, I2).
/// </remarks>
public sealed class Issuer(
    Database database,
    KeyRing keys,
    IReadOnlyDictionary<string, CredentialType> types,
    CredentialNonces nonces,
    StatusSlots slots,
    TimeProvider time)
{
    /// <summary>How many credentials one offer gives, each on a key of its own.</summary>
    public const int BatchSize = 8;

    /// <summary>What a wallet gets.</summary>
    /// <param name="Credentials">In the order of the proofs.</param>
    /// <param name="NotificationId">The handle for the wallet's notification.</param>
    /// <param name="RecordIds">The ids of their records.</param>
    public sealed record Issued(IReadOnlyList<string> Credentials, string NotificationId, IReadOnlyList<string> RecordIds);

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
        if (request.ConfigurationId is { } configuration && !types.ContainsKey(configuration)) throw VciRefusal.UnknownCredentialConfiguration();
        if (request.Identifier is { } identifier && (identifier != offer.Type || !token.Scope.EndsWith(AccessTokens.WithIdentifiers, StringComparison.Ordinal)))
            throw VciRefusal.UnknownCredentialIdentifier();
        if (request.ConfigurationId is not null && request.ConfigurationId != offer.Type) throw VciRefusal.InsufficientScope();
        if (request.Proofs.Count > BatchSize) throw VciRefusal.InvalidCredentialRequest($"at most {BatchSize} proofs: see batch_credential_issuance");

        // 3. Each proof binds a key of its own, and its nonce is ours and fresh.
        var proofs = request.Proofs.Select(proof => KeyProof.Verify(proof, keys.Nation.Issuer, token.ClientId, time.GetUtcNow())).ToList();
        var holders = proofs.Select(proof => proof.HolderKey).ToList();
        if (holders.DistinctBy(holder => holder.Thumbprint()).Count() != holders.Count)
            throw VciRefusal.InvalidProof("two proofs are of the same key");
        var spend = proofs.Select(proof => proof.Nonce).Distinct().Select(nonces.Use).ToList();

        // 4. The member may still be given this, and it has not ended by itself since it was offered.
        var mandate = Mandate.For(keys.Nation, "issue");
        var member = await Member.FindAsync(database, keys, offer.MemberId) ?? throw VciRefusal.CredentialRequestDenied("the member is gone");
        var claims = StrictJson.ParseObject(member.Data.Open(offer.Claims, Offering.Owner(offer.Id)));
        if (types[offer.Type].Rules.TimesOf(claims, time.GetUtcNow()).ExpiresAt <= time.GetUtcNow())
            throw VciRefusal.CredentialRequestDenied("what was offered has ended by itself");
        Statement[] belongs = types[offer.Type].Rules.IsForMembers ? [Credentials.Belongs(member.Id, Now())] : [];

        // 5. Record, then sign. Lost races for a slot or an ordinal are tried again; a spent nonce is not.
        for (var attempt = 0; attempt < 16; attempt++)
        {
            var (records, act) = await DraftAsync(offer, member, claims, holders);
            var now = Now();
            var broken = await database.CommitAsync(
            [
                .. spend,
                Offers.Gives(offer.Id),
                .. belongs,
                .. act,
                .. act.Count > 0 ? [Members.Activate(member.Id)] : Array.Empty<Statement>(),
                .. records.Where(record => record.IsNew).Select(record => Undelivered.Insert(record.Row.Id, now)),
                .. records.Where(record => record.IsNew).Select(record => Journal.Write("issue", record.Row.Id, mandate.Actor, mandate.CharterVersion, now, record.Row.ToBeSignedDigest)),
            ]);
            if (broken == Spent.CredentialNonce) throw VciRefusal.InvalidNonce();
            if (broken == "revoked") throw VciRefusal.CredentialRequestDenied("what this offer gave has been revoked, or is suspended");
            if (broken == Credentials.BelongsCondition) throw VciRefusal.CredentialRequestDenied("the member holds no membership credential in force");
            if (broken is null) return await SignAsync(records.Select(record => record.Row), member);
        }

        throw new InvalidOperationException("the act lost 16 races for a status slot or an ordinal");
    }

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

    /// <summary>
    /// The records of an answer: those that this offer gave these keys before (a lost answer that is asked for again), and new ones with the
    /// statements that keep them.
    /// </summary>
    private async Task<(List<(Credentials.Row Row, bool IsNew)> Records, List<Statement> Act)> DraftAsync(
        Offers.Row offer, Member member, JsonObject claims, List<Jwk> holders)
    {
        var before = await Credentials.OfOfferAsync(database, offer.Id);
        var known = holders.ToDictionary(holder => holder, holder => before.FirstOrDefault(row => row.HolderThumbprint == holder.Thumbprint()));
        var missing = known.Count(pair => pair.Value is null);
        if (before.Count + missing > BatchSize) throw VciRefusal.CredentialRequestDenied("this offer has given all the credentials it holds");

        var notificationId = before.FirstOrDefault(row => known.ContainsValue(row))?.NotificationId ?? RandomId.New();
        var records = new List<(Credentials.Row, bool)>();
        var act = new List<Statement>();
        var taken = await slots.PickAsync(missing);
        foreach (var holder in holders)
        {
            if (known[holder] is { } row)
            {
                records.Add((row, false));
                continue;
            }

            var slot = taken.Dequeue();
            var draft = Draft(offer, member, claims, holder, slot, before.Count + records.Count(record => record.Item2), notificationId);
            act.AddRange([StatusLists.Take(slot.ListId, slot.Index, draft.Id), Credentials.Insert(draft)]);
            records.Add((draft, true));
        }

        return (records, act);
    }

    private Credentials.Row Draft(
        Offers.Row offer, Member member, JsonObject claims, Jwk holder, StatusSlots.Slot slot, long ordinal, string notificationId)
    {
        var type = types[offer.Type];
        var key = keys.Current(KeyPurpose.Credential);
        var (issuedAt, notBefore, expiresAt) = type.Rules.TimesOf(claims, time.GetUtcNow());
        var visible = new JsonObject
        {
            ["iss"] = keys.Nation.Issuer,
            ["iat"] = issuedAt.ToUnixTimeSeconds(),
            ["exp"] = expiresAt.ToUnixTimeSeconds(),
            ["cnf"] = new JsonObject { ["jwk"] = holder.Bare().ToJson() },
            ["status"] = new StatusListReference(slots.UriOf(slot.ListId), slot.Index).ToStatus(),
        };
        if (notBefore is { } begins) visible["nbf"] = begins.ToUnixTimeSeconds();
        var selective = new JsonObject();
        var withheld = type.SelectiveClaims.Select(claim => CredentialType.NameOf(claim)!).ToHashSet();
        foreach (var (name, value) in claims) (withheld.Contains(name) ? selective : visible)[name] = value?.DeepClone();

        // Decoys make every credential of a type carry as many digests, whatever the nation knows of its holder.
        var (payload, disclosures) = SdJwtIssuance.Prepare(visible, selective, withheld.Count - selective.Count);
        var toBeSigned = System.Text.Encoding.ASCII.GetBytes(Jws.ToBeSigned(Jws.HeaderFor(SdJwtVc.Format, key), payload));
        var id = RandomId.New();
        return new Credentials.Row
        {
            Id = id,
            MemberId = member.Id,
            OfferId = offer.Id,
            Ordinal = ordinal,
            Type = type.Name,
            Format = SdJwtVc.Format,
            ListId = slot.ListId,
            Idx = slot.Index,
            Kid = key.KeyId,
            HolderThumbprint = holder.Thumbprint(),
            ToBeSigned = toBeSigned,
            ToBeSignedDigest = Base64Url.Encode(SHA256.HashData(toBeSigned)),
            Disclosures = member.Data.Seal(System.Text.Encoding.ASCII.GetBytes(string.Join('~', disclosures.Select(disclosure => disclosure.Encoded))), Owner(id)),
            NotificationId = notificationId,
            RecordedAt = Now(),
            IssuedAt = issuedAt.ToUnixTimeSeconds(),
            ExpiresAt = expiresAt.ToUnixTimeSeconds(),
        };
    }

    private async Task<Issued> SignAsync(IEnumerable<Credentials.Row> records, Member member)
    {
        var (credentials, ids) = (new List<string>(), new List<string>());
        var notificationId = "";
        foreach (var record in records)
        {
            var key = keys.Keys.First(held => held.Kid == record.Kid).Signing!;
            var jwt = await Jws.SignAsync(System.Text.Encoding.ASCII.GetString(record.ToBeSigned), key);
            var disclosures = System.Text.Encoding.ASCII.GetString(member.Data.Open(record.Disclosures, Owner(record.Id)));
            credentials.Add(disclosures.Length == 0 ? $"{jwt}~" : $"{jwt}~{disclosures}~");
            notificationId = record.NotificationId;
            ids.Add(record.Id);
        }

        return new Issued(credentials, notificationId, ids);
    }

    private static string Owner(string credentialId) => $"credential/{credentialId}";
}
