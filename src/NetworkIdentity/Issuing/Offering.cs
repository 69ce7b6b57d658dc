using System.Security.Cryptography;
using NetworkIdentity.Governing;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Standards.OpenId4Vci;

namespace NetworkIdentity.Issuing;

/// <summary>Offers: made for a member, served by reference, and redeemed by a wallet for an access token [OpenID4VCI §4] [OpenID4VCI §6].</summary>
public sealed class Offering(Database database, KeyRing keys, DidLog? did, IReadOnlyDictionary<string, CredentialType> types, TimeProvider time)
{
    /// <summary>An access token that is not bound to a key lives five minutes at most [OpenID4VCI §13.10].</summary>
    public static readonly TimeSpan AccessTokenLifetime = TimeSpan.FromMinutes(5);

    /// <summary>An offer without a transaction code is whoever's holds it, so it is short [A58].</summary>
    public static readonly TimeSpan BareLifetime = TimeSpan.FromHours(1);

    /// <summary>An offer with a transaction code.</summary>
    public static readonly TimeSpan GuardedLifetime = TimeSpan.FromDays(3);

    private const int TransactionCodeLength = 6;

    /// <summary>No partner's sector is named so, which is a host or a client id: what tells a person from others tells no partner's subject.</summary>
    private const string PersonSector = "urn:network-identity:personhood:1";

    private readonly byte[] _transactionCodeKey = keys.Derive("transaction-code");

    /// <summary>An offer that was made.</summary>
    /// <param name="Id">The offer's id.</param>
    /// <param name="MemberId">Whom it is for.</param>
    /// <param name="TransactionCode">What the member must be told apart from the offer; null where none is asked.</param>
    public sealed record Made(string Id, string MemberId, string? TransactionCode);

    /// <summary>What a wallet gets for a code.</summary>
    /// <param name="AccessToken">The access token.</param>
    /// <param name="ConfigurationIds">The credential configurations that it opens.</param>
    public sealed record Redeemed(string AccessToken, IReadOnlyList<string> ConfigurationIds)
    {
        /// <summary>By which a wallet comes back that waits; null where it has nothing to wait for.</summary>
        public string? RefreshToken { get; init; }
    }

    /// <summary>An offer as it can be shown.</summary>
    /// <param name="Offer">The offer of the specification.</param>
    /// <param name="Type">What is offered.</param>
    /// <param name="ClaimNames">What the credential will say of the member: the names, not the values.</param>
    /// <param name="ExpiresAt">Until when it can be taken.</param>
    public sealed record Shown(CredentialOffer Offer, CredentialType Type, IReadOnlyList<string> ClaimNames, DateTimeOffset ExpiresAt);

    /// <summary>Makes an offer, and the member with it where none is named.</summary>
    /// <param name="typeName">The type's short name.</param>
    /// <param name="memberId">An existing member, who gets another credential with the claims of the last one; null for a new member.</param>
    /// <param name="claims">What to say of the member, by claim name.</param>
    /// <param name="withTransactionCode">Whether the wallet must send a code that travels another way.</param>
    /// <exception cref="Refusal">
    /// <c>unknown_type</c>, <c>member_missing</c>, <c>unknown_member</c>, <c>not_a_member</c>, <c>has_left</c>, <c>not_left</c>, <c>invalid_claim</c>, <c>unknown_node</c>,
    /// <c>mandate_missing</c>.
    /// </exception>
    public Task<Made> MakeAsync(string typeName, string? memberId, IReadOnlyDictionary<string, string> claims, bool withTransactionCode) =>
        MakeAsync(typeName, memberId, claims, withTransactionCode ? NewTransactionCode() : null, null, null);

    /// <summary>Makes an offer that was decided.</summary>
    /// <param name="typeName">The type's short name.</param>
    /// <param name="memberId">The member.</param>
    /// <param name="claims">What to say of the member, by claim name.</param>
    /// <param name="mandate">The decision.</param>
    /// <param name="transactionCode">The six digits that the wallet must send, which the member knows another way; null for none.</param>
    /// <exception cref="Refusal">As for another; <c>mandate_missing</c>: what the mandate rests on is so no more.</exception>
    internal Task<Made> MakeAsync(string typeName, string memberId, IReadOnlyDictionary<string, string> claims, Mandate mandate, string? transactionCode = null) =>
        MakeAsync(typeName, memberId, claims, transactionCode, null, mandate);

    /// <summary>Makes an offer of what follows from what the nation has on record, and says nothing else: neither what another credential said, nor anything that a person typed.</summary>
    /// <param name="typeName">The type's short name.</param>
    /// <param name="memberId">The member.</param>
    /// <param name="claims">What to say of the member, by claim name.</param>
    /// <param name="mandate">What it follows from.</param>
    /// <param name="validDays">For how many days it is valid at most; null where the type says it.</param>
    /// <param name="alsoInTheAct">What is to be committed with it.</param>
    /// <exception cref="Refusal">As for one that was decided.</exception>
    internal Task<Made> MakeAnewAsync(string typeName, string memberId, IReadOnlyDictionary<string, string> claims, Mandate mandate, long? validDays, params IReadOnlyList<Statement> alsoInTheAct) =>
        MakeAsync(typeName, memberId, claims, null, null, mandate, keepsClaims: false, validDays, alsoInTheAct);

    /// <summary>Makes an offer of a membership that is not decided yet: a wallet that takes it proves its keys, and waits (decision 0049).</summary>
    /// <param name="applicationId">The application that is decided.</param>
    /// <param name="memberId">The person.</param>
    /// <param name="claims">What would be said of them, by claim name.</param>
    /// <param name="mandate">That the application is open.</param>
    /// <param name="transactionCode">The six digits that the wallet must send.</param>
    /// <exception cref="Refusal">As for one that was decided.</exception>
    internal Task<Made> MakeAheadAsync(string applicationId, string memberId, IReadOnlyDictionary<string, string> claims, Mandate mandate, string transactionCode) =>
        MakeAsync(CredentialType.Membership, memberId, claims, transactionCode, null, mandate, keepsClaims: false, applicationId: applicationId);

    /// <summary>What was offered ahead rests on a decision from now on: the offer as it is then, and what makes it so.</summary>
    /// <param name="offer">The offer.</param>
    /// <param name="member">Whom it is for.</param>
    /// <param name="claims">What is said of them, by claim name.</param>
    /// <param name="decision">The decision that admitted them, under whose rules it is said.</param>
    internal async Task<(Offers.Row Offer, IReadOnlyList<Statement> Act)> RestAsync(Offers.Row offer, Member member, IReadOnlyDictionary<string, string> claims, Decisions.Row decision)
    {
        var now = time.GetUtcNow();
        var type = types[offer.Type].Under(await Rules.FindAsync(database, decision.CharterVersion));
        var content = type.ClaimsFor(null, claims, member.JoinedAt ?? now, decision.CharterVersion, () => Subject.For(keys, member.Id, PersonSector));
        var rested = offer with { DecisionId = decision.Id, Claims = member.Data.Seal(StrictJson.Write(content), Owner(offer.Id)) };
        return (rested,
        [
            Offers.Rest(offer.Id, decision.Id, rested.Claims),
            .. content.OptionalString(Node.Claim) is { } node && await Node.CheckAsync(database, node) is { } nodeId ? [Members.BelongTo(member.Id, nodeId)] : Array.Empty<Statement>(),
            Journal.Write("offer", offer.Id, decision.Id, decision.CharterVersion, now.ToUnixTimeSeconds()),
        ]);
    }

    /// <summary>The offer that was made so and can still be taken, where there is one: who asks twice has one.</summary>
    internal async Task<string?> FindSameAsync(string typeName, string memberId, IReadOnlyDictionary<string, string> claims, Mandate mandate)
    {
        if (await Member.FindAsync(database, keys, memberId) is not { } member) return null;
        var wanted = types[typeName].ClaimsFor(null, claims, member.JoinedAt ?? time.GetUtcNow(), mandate.CharterVersion, () => PersonOf(memberId));
        return (await Offers.OpenAsync(database, memberId, typeName, Now())).FirstOrDefault(offer =>
            (mandate.Actor == Mandate.Facts || offer.DecisionId == mandate.DecisionId)
            && System.Text.Json.Nodes.JsonNode.DeepEquals(StrictJson.ParseObject(member.Data.Open(offer.Claims, Owner(offer.Id))), wanted))?.Id;
    }

    /// <summary>Offers a member again what a credential says, so that they hold a new one when it ends. The old one stays as it is.</summary>
    /// <param name="credentialId">The record's id.</param>
    /// <param name="claims">What to say anew, by claim name.</param>
    /// <param name="withTransactionCode">Whether the wallet must send a code that travels another way.</param>
    /// <exception cref="Refusal"><c>unknown_credential</c>, <c>already_revoked</c>, <c>already_suspended</c>, and as for an offer.</exception>
    public async Task<Made> RenewAsync(string credentialId, IReadOnlyDictionary<string, string> claims, bool withTransactionCode)
    {
        var record = await Credentials.FindAsync(database, credentialId) ?? throw NationRefusal.UnknownCredential();
        if (record.RevokedAt is not null) throw NationRefusal.AlreadyRevoked();
        if (record.IsSuspended(Now())) throw NationRefusal.AlreadySuspended();
        return await MakeAsync(record.Type, record.MemberId, claims, withTransactionCode ? NewTransactionCode() : null, record, null);
    }

    /// <summary>How long a credential of a type is valid at most.</summary>
    internal TimeSpan ValidityOf(string typeName) => types[typeName].Rules.Validity;

    /// <summary>The name that a member's last membership gave them; null where it gave none, or the member is erased.</summary>
    public async Task<string?> NameOfAsync(string memberId) =>
        await Member.FindAsync(database, keys, memberId) is { } member && await Offers.LastTakenAsync(database, memberId, CredentialType.Membership) is { } last
            ? StrictJson.ParseObject(member.Data.Open(last.Claims, Owner(last.Id))).OptionalString("display_name")
            : null;

    private async Task<Made> MakeAsync(
        string typeName, string? memberId, IReadOnlyDictionary<string, string> claims, string? transactionCode, Credentials.Row? renewed, Mandate? mandate,
        bool keepsClaims = true, long? validDays = null, IReadOnlyList<Statement>? alsoInTheAct = null, string? applicationId = null)
    {
        if (!types.TryGetValue(typeName, out var type))
            throw NationRefusal.UnknownType(types.Keys);
        type = type.Lasting(validDays);
        var isExit = type.Name == CredentialType.Exit;
        if ((type.Rules.IsForMembers || isExit) && memberId is null) throw NationRefusal.MemberMissing(type.Name);
        if (type.Name == CredentialType.Account && mandate?.Act != AccountBinding.AttestAct) throw AccountRefusal.NotShown();
        mandate ??= await Mandate.OfFounderAsync(database, renewed is null ? Act.Admit : Act.Renew);
        type = type.Under(await Rules.FindAsync(database, mandate.CharterVersion));

        var now = time.GetUtcNow();
        var (member, insert) = memberId is null
            ? Member.Create(keys, now)
            : (await Member.FindAsync(database, keys, memberId) ?? throw NationRefusal.UnknownMember(), null);

        // What was said before stays said, unless it is said anew.
        var before = keepsClaims && await Offers.LastTakenAsync(database, member.Id, type.Name) is { } last
            ? StrictJson.ParseObject(member.Data.Open(last.Claims, Owner(last.Id)))
            : null;
        var content = type.ClaimsFor(before, claims, member.JoinedAt ?? now, mandate.CharterVersion, () => PersonOf(member.Id));
        type.Rules.CheckDays(content, now);
        Statement? belongs = null;
        if (content.OptionalString(Node.Claim) is { } node)
        {
            var nodeId = await Node.CheckAsync(database, node);
            if (nodeId is not null && type.Name == CredentialType.Membership && applicationId is null) belongs = Members.BelongTo(member.Id, nodeId);
        }


        // An offer does not outlive what it offers.
        var expiresAt = now + (transactionCode is null ? BareLifetime : GuardedLifetime);
        var (_, _, ends) = type.Rules.TimesOf(content, now);
        if (ends < expiresAt) expiresAt = ends;
        var id = RandomId.New();
        var code = RandomId.Secret();
        List<Statement> act = [.. mandate.Conditions];
        act.Add(insert ?? (isExit ? Members.HasLeft(member.Id) : mandate.Act == Act.Reinstate ? Members.MayReturn(member.Id) : Members.IsHere(member.Id)));
        if (belongs is not null) act.Add(belongs);
        if (type.Rules.IsForMembers) act.Add(Credentials.Belongs(member.Id, now.ToUnixTimeSeconds()));
        act.Add(Offers.Insert(new Offers.Row
        {
            Id = id,
            MemberId = member.Id,
            Type = type.Name,
            DecisionId = mandate.DecisionId,
            ValidDays = validDays,
            ApplicationId = applicationId,
            Claims = member.Data.Seal(StrictJson.Write(content), Owner(id)),
            Code = keys.Sealing.Seal(System.Text.Encoding.ASCII.GetBytes(code), Owner(id)),
            CodeDigest = RandomId.Digest(code),
            TxCodeDigest = transactionCode is null ? null : DigestOf(id, transactionCode),
            CreatedAt = now.ToUnixTimeSeconds(),
            ExpiresAt = expiresAt.ToUnixTimeSeconds(),
        }));
        act.AddRange([.. alsoInTheAct ?? [], mandate.Write(id, now.ToUnixTimeSeconds(), act: "offer")]);
        if (renewed is not null)
        {
            act.Add(Offers.Gives(renewed.OfferId));
            act.Add(mandate.Write(renewed.Id, now.ToUnixTimeSeconds(), renewed.ToBeSignedDigest, Act.Renew));
        }

        var broken = await database.CommitAsync([.. act]);
        mandate.Check(broken);
        return broken switch
        {
            null => new Made(id, member.Id, transactionCode),
            Credentials.BelongsCondition => throw NationRefusal.NotAMember(),
            Members.HereCondition => throw (isExit ? NationRefusal.NotLeft() : NationRefusal.HasLeft()),
            _ => throw NationRefusal.AlreadyRevoked(),
        };
    }

    /// <summary>The offer as a wallet or a page gets it; null where it is unknown, expired, taken, or ended by wrong transaction codes.</summary>
    public async Task<Shown?> FindAsync(string id)
    {
        if (await Offers.FindAsync(database, id) is not { RedeemedAt: null, TxCodeAttempts: < Offers.MaxTransactionCodeAttempts } row
            || row.ExpiresAt <= Now())
        {
            return null;
        }

        var code = System.Text.Encoding.ASCII.GetString(keys.Sealing.Open(row.Code, Owner(id)));
        if (await Member.FindAsync(database, keys, row.MemberId) is not { } member) return null;
        var claims = StrictJson.ParseObject(member.Data.Open(row.Claims, Owner(id)));
        var type = types[row.Type];
        return new Shown(
            new CredentialOffer(keys.Nation.Issuer, [.. CredentialConfiguration.Of(type, did).Select(one => one.Id)], code, row.TxCodeDigest is null ? null : TransactionCodeLength),
            type,
            [.. type.SelectiveClaims.Select(claim => CredentialType.NameOf(claim)!).Where(claims.ContainsKey)],
            DateTimeOffset.FromUnixTimeSeconds(row.ExpiresAt));
    }

    /// <summary>Redeems a pre-authorized code for an access token, once.</summary>
    /// <param name="code">The pre-authorized code.</param>
    /// <param name="transactionCode">The transaction code; null where the wallet sent none.</param>
    /// <param name="clientId">The client id the wallet named; null for an anonymous wallet.</param>
    /// <param name="details">What the wallet asked for in authorization_details, for which it is given credential identifiers; null where it sent none.</param>
    /// <returns>The access token and the credential configurations it opens; of an offer that was made ahead, a refresh token too.</returns>
    /// <exception cref="Refusal">
    /// <c>invalid_request</c>: a transaction code is missing or not expected. <c>invalid_authorization_details</c>. <c>invalid_grant</c>: either code is wrong, or spent, or expired,
    /// or was tried too often.
    /// </exception>
    public async Task<Redeemed> RedeemAsync(string code, string? transactionCode, string? clientId, CredentialDetails? details = null)
    {
        var digest = RandomId.Digest(code);
        if (await Offers.FindByCodeAsync(database, digest) is not { RedeemedAt: null } offer || offer.ExpiresAt <= Now())
            throw OAuthRefusal.InvalidGrant();

        List<string> offered = [.. CredentialConfiguration.Of(types[offer.Type], did).Select(one => one.Id)];
        if (details is not null && !details.ConfigurationIds.All(offered.Contains))
            throw OAuthRefusal.InvalidAuthorizationDetails("credential_configuration_id is not what was offered");
        if (offer.TxCodeDigest is null && transactionCode is not null) throw OAuthRefusal.InvalidRequest("tx_code is not expected");
        if (offer.TxCodeDigest is not null)
        {
            if (transactionCode is null) throw OAuthRefusal.InvalidRequest("tx_code is missing");

            // The attempt is counted, durably, before the code is looked at: a hundred guesses at once are still five.
            if (await database.CommitAsync(Offers.CountAttempt(offer.Id)) is not null) throw OAuthRefusal.InvalidGrant();
            if (!CryptographicOperations.FixedTimeEquals(
                System.Text.Encoding.ASCII.GetBytes(offer.TxCodeDigest), System.Text.Encoding.ASCII.GetBytes(DigestOf(offer.Id, transactionCode))))
            {
                throw OAuthRefusal.InvalidGrant();
            }
        }

        var (token, scope) = (RandomId.Secret(), details is not null ? $"{string.Join(' ', details.ConfigurationIds)} {AccessTokens.WithIdentifiers}" : offer.Type);
        var refresh = offer.ApplicationId is null ? null : RandomId.Secret();
        var broken = await database.CommitAsync(
        [
            Offers.Redeem(offer.Id, Now()),
            AccessTokens.Insert(new AccessTokens.Row
            {
                TokenDigest = RandomId.Digest(token),
                Audience = AccessTokens.ForCredential,
                SubjectId = offer.Id,
                ClientId = clientId,
                Scope = scope,
                GrantDigest = digest,
                CreatedAt = Now(),
                ExpiresAt = Now() + (long)AccessTokenLifetime.TotalSeconds,
            }),
            .. refresh is null ? [] : (Statement[])[RefreshTokens.Insert(new RefreshTokens.Row
            {
                TokenDigest = RandomId.Digest(refresh),
                Audience = AccessTokens.ForCredential,
                SessionId = offer.Id,
                ClientId = clientId ?? "",
                Scope = scope,
                GrantDigest = digest,
                CreatedAt = Now(),
                ExpiresAt = await Connecting.UntilAsync(database, offer.ApplicationId!),
            })],
        ]);
        return broken is null ? new Redeemed(token, details?.ConfigurationIds ?? offered) { RefreshToken = refresh } : throw OAuthRefusal.InvalidGrant();
    }

    private string PersonOf(string memberId) => Subject.For(keys, memberId, PersonSector);

    /// <summary>The name that what belongs to an offer is sealed for.</summary>
    internal static string Owner(string offerId) => $"offer/{offerId}";

    /// <summary>Six digits, for the wallet to send and for who holds it to know another way.</summary>
    internal static string NewTransactionCode() => RandomId.Digits(TransactionCodeLength);

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();

    private string DigestOf(string offerId, string transactionCode) => Base64Url.Encode(
        HMACSHA256.HashData(_transactionCodeKey, System.Text.Encoding.UTF8.GetBytes($"{offerId}:{transactionCode}")));
}
