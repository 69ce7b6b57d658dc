using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Governing;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Caip;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Issuing;

/// <summary>Accounts that members have elsewhere, at chains: bound by a signature, so that they can prove there that it belongs to a member (decision 0058).</summary>
/// <remarks>
/// An address is bound once, whatever the chain: one key signs at all of them. Nobody is told whose it is; the log has a digest with a salt, and what is stored is sealed
/// under the member's key. The credential of it follows from the binding and from the membership, and ends with either.
/// </remarks>
public sealed class AccountBinding(Database database, KeyRing keys, Offering offering, Revoker revoker, TimeProvider time)
{
    /// <summary>The act of who binds one.</summary>
    public const string BindAct = "bind-account";

    /// <summary>The act of who unbinds one.</summary>
    public const string UnbindAct = "unbind-account";

    /// <summary>The act by which a credential of it is offered.</summary>
    public const string AttestAct = "attest-account";

    /// <summary>Where it is done: what is signed names it.</summary>
    public const string Path = "/account/elsewhere";

    /// <summary>How long what is to be signed is good.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>What a credential of a binding that has ended was revoked for.</summary>
    internal const string Unbound = "unbound";

    private const string Words = "I bind this account to my membership here. This signature moves nothing, and allows nobody to.";

    /// <summary>No partner's sector is named so: what tells an address from others tells no partner's subject.</summary>
    private const string TagSector = "urn:network-identity:bound-account";

    private const int MaxAttempts = 16;

    /// <summary>What a member is to sign with an account.</summary>
    /// <param name="Account">The account.</param>
    /// <param name="Nonce">What stands in the text, and is used once.</param>
    /// <param name="Message">The text.</param>
    public sealed record Challenge(AccountId Account, string Nonce, string Message);

    /// <summary>An account that is bound.</summary>
    /// <param name="Id">The binding's id.</param>
    /// <param name="Account">The account, as CAIP-10 writes it.</param>
    /// <param name="Since">When it was bound.</param>
    public sealed record Bound(string Id, string Account, DateTimeOffset Since);

    /// <summary>The accounts of a member, oldest first.</summary>
    public async Task<IReadOnlyList<Bound>> OfAsync(string memberId)
    {
        if (await Member.FindAsync(database, keys, memberId) is not { } member) return [];
        return [.. (await BoundAccounts.OfAsync(database, memberId)).Select(row => new Bound(row.Id, AccountOf(row, member), DateTimeOffset.FromUnixTimeSeconds(row.BoundAt)))];
    }

    /// <summary>Writes what an account is to sign. Nothing is stored.</summary>
    /// <param name="account">The account, as CAIP-10 writes it.</param>
    /// <param name="sessionId">The member's session: a signature is good in that one alone.</param>
    /// <exception cref="Refusal"><c>invalid_account</c>, <c>unsupported_account</c>.</exception>
    public Challenge Begin(string account, string sessionId)
    {
        var id = Read(account);
        var nonce = Convert.ToHexStringLower(Base64Url.Decode(NoncesOf(sessionId).Make()));
        return new(id, nonce, Open(id, sessionId, nonce).Message.ToString());
    }

    /// <summary>The same once more, for the same nonce.</summary>
    /// <exception cref="Refusal"><c>invalid_account</c>, <c>unsupported_account</c>, <c>account_challenge_ended</c>.</exception>
    public Challenge Again(string account, string sessionId, string nonce)
    {
        var id = Read(account);
        return new(id, nonce, Open(id, sessionId, nonce).Message.ToString());
    }

    /// <summary>Binds an account that signed.</summary>
    /// <param name="memberId">The member.</param>
    /// <param name="sessionId">Their session.</param>
    /// <param name="account">The account, as it was given to <see cref="Begin"/>.</param>
    /// <param name="nonce">The challenge's.</param>
    /// <param name="signature">The signature, in hexadecimal.</param>
    /// <returns>The binding's id.</returns>
    /// <exception cref="Refusal">
    /// <c>invalid_account</c>, <c>unsupported_account</c>, <c>account_challenge_ended</c>, <c>account_signature_invalid</c>, <c>account_bound</c>, <c>too_many_accounts</c>, <c>not_a_member</c>.
    /// </exception>
    public async Task<string> BindAsync(string memberId, string sessionId, string account, string nonce, string signature)
    {
        // 1. The text is ours, of this session, and in its time; its use is committed below.
        var id = Read(account);
        var (message, used) = Open(id, sessionId, nonce);

        // 2. The account signed it: the text as it is written again, and nothing that anyone brought.
        if (!Refusal.Recode(AccountRefusal.SignatureCode, () => message.IsSigned(signature)))
            throw AccountRefusal.Signature("it is not this account's signature of this text: sign it as it stands there, with the account that you named");

        // 3. The binding, its leaf and its notice, where the member belongs and nobody has the address who belongs.
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var now = time.GetUtcNow();
            var member = await Member.FindAsync(database, keys, memberId) ?? throw NationRefusal.NotAMember();
            var places = (await BoundAccounts.OfAsync(database, memberId)).Select(row => row.Place).ToHashSet();
            var tag = TagOf(id);
            var lapsed = await BoundAccounts.FindAsync(database, tag) is { } held ? await LapsedAsync(held, now.ToUnixTimeSeconds()) ?? throw AccountRefusal.Bound() : [];
            if (places.Count >= BoundAccounts.Most) throw AccountRefusal.TooMany(BoundAccounts.Most);
            var content = StrictJson.Write(new JsonObject { ["account"] = id.ToString(), ["salt"] = RandomId.Secret() });
            var bindingId = RandomId.New();
            var row = new BoundAccounts.Row
            {
                Id = bindingId,
                MemberId = memberId,
                Tag = tag,
                Place = Enumerable.Range(1, BoundAccounts.Most).First(place => !places.Contains(place)),
                Content = member.Data.Seal(content, Owner(bindingId)),
                Digest = Base64Url.Encode(SHA256.HashData(content)),
                BoundAt = now.ToUnixTimeSeconds(),
            };
            switch (await database.CommitAsync(
            [
                Members.IsHere(memberId),
                Credentials.Belongs(memberId, row.BoundAt),
                used,
                .. lapsed,
                BoundAccounts.Insert(row),
                .. Notice.To(memberId, NoticeKind.AccountBound, bindingId, now),
                Journal.Write(BindAct, bindingId, memberId, (await Nations.FindAsync(database))!.CharterVersion, row.BoundAt, row.Digest),
            ]))
            {
                case null:
                    return bindingId;
                case Spent.AccountNonce:
                    throw AccountRefusal.ChallengeEnded();
                case Credentials.BelongsCondition or Members.HereCondition:
                    throw NationRefusal.NotAMember();
            }
        }

        throw AccountRefusal.Bound();
    }

    /// <summary>Unbinds an account, and revokes what says that it is bound.</summary>
    /// <exception cref="Refusal"><c>unknown_account</c>: it is not there, or another's.</exception>
    public async Task UnbindAsync(string memberId, string id)
    {
        if ((await BoundAccounts.OfAsync(database, memberId)).FirstOrDefault(one => one.Id == id) is not { } row) throw AccountRefusal.Unknown();
        var mandate = new Mandate(UnbindAct, memberId, (await Nations.FindAsync(database))!.CharterVersion, []);
        if (await revoker.EndRestingAsync(id, memberId, Unbound, mandate, _ => BoundAccounts.Delete(id, memberId), row.Digest) == BoundAccounts.StandsCondition) throw AccountRefusal.Unknown();
    }

    /// <summary>Offers a member the credential of an account of theirs. It lasts no longer than the membership.</summary>
    /// <returns>The offer's id: the one that was made before, where it says the same and was not taken.</returns>
    /// <exception cref="Refusal"><c>unknown_account</c>: it is not there, or another's. <c>not_a_member</c>.</exception>
    public async Task<string> OfferAsync(string memberId, string id)
    {
        var now = time.GetUtcNow();
        var bound = (await OfAsync(memberId)).FirstOrDefault(one => one.Id == id) ?? throw AccountRefusal.Unknown();
        var membership = (await Credentials.ListAsync(database, memberId)).Where(row => row.Type == CredentialType.Membership && row.Stands(now.ToUnixTimeSeconds())).MaxBy(row => row.ExpiresAt);
        var days = membership is null ? 0 : (DateTimeOffset.FromUnixTimeSeconds(membership.ExpiresAt).UtcDateTime.Date - now.UtcDateTime.Date).Days;
        if (days < 1) throw NationRefusal.NotAMember();
        var version = (await Nations.FindAsync(database))!.CharterVersion;
        var mandate = new Mandate(
            AttestAct, id, version, [Nations.IsUnder(version) with { Condition = Mandate.Condition }, BoundAccounts.Stands(id, memberId) with { Condition = Mandate.Condition }])
        { DecisionId = id };
        var claims = new Dictionary<string, string>
        {
            ["account"] = bound.Account,
            ["bound_at"] = bound.Since.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        };
        return await offering.FindSameAsync(CredentialType.Account, memberId, claims, mandate)
            ?? (await offering.MakeAnewAsync(CredentialType.Account, memberId, claims, mandate, days)).Id;
    }

    /// <summary>What ends a binding of who belongs no more because their membership ran out: nobody but them could unbind it, and they can't sign in. Null where they belong, also while that is suspended.</summary>
    private async Task<IReadOnlyList<Statement>?> LapsedAsync(BoundAccounts.Row row, long now)
    {
        if ((await Credentials.ListAsync(database, row.MemberId)).Any(one => one.Type == CredentialType.Membership && one.RevokedAt is null && one.ExpiresAt > now)) return null;

        // It follows from that alone: the leaf doesn't name who has the address now.
        var mandate = new Mandate(UnbindAct, row.Id, (await Nations.FindAsync(database))!.CharterVersion, [Members.Hold(row.MemberId), Credentials.NoMembership(row.MemberId, now)]);
        return await revoker.RestingAsync(row.Id, row.MemberId, Unbound, mandate, BoundAccounts.Delete(row.Id, row.MemberId), row.Digest, now);
    }

    private static AccountId Read(string account) => Refusal.Recode(AccountRefusal.InvalidAccountCode, () => AccountId.Parse(account));

    /// <summary>
    /// The text, which follows from the account and from the nonce, that says its own time; and the nonce's use. What is signed has letters and digits alone, so it holds the
    /// nonce in hexadecimal.
    /// </summary>
    private (SignInMessage Message, Statement Use) Open(AccountId account, string sessionId, string nonce)
    {
        var text = nonce.Length % 2 == 0 && nonce.All(char.IsAsciiHexDigitLower) ? Base64Url.Encode(Convert.FromHexString(nonce)) : "";
        var use = NoncesOf(sessionId).Use(text) ?? throw AccountRefusal.ChallengeEnded();
        var until = SpendableNonces.EndOf(text);
        return (new(new Uri(keys.Nation.Issuer).Authority, account, Words, keys.Nation.Url(Path), nonce, until - Lifetime, until), use);
    }

    private SpendableNonces NoncesOf(string sessionId) => new(keys.Derive($"account-nonce/{sessionId}"), Spent.AccountNonce, time, Lifetime);

    private string TagOf(AccountId account) => Subject.For(keys, $"{account.Namespace}:{account.Address}", TagSector);

    private static string AccountOf(BoundAccounts.Row row, Member member) => StrictJson.ParseObject(member.Data.Open(row.Content, Owner(row.Id))).RequiredString("account");

    private static string Owner(string id) => $"bound_account/{id}";
}
