using System.Security.Cryptography;
using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Ledger;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Standards.StatusLists;
using NetworkIdentity.Tests.Core.Governing;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Issuing;

/// <summary>Accounts elsewhere, on a real database of this run's engine.</summary>
public sealed class AccountBindingTests
{
    [Fact]
    public async Task An_account_that_signed_is_bound_and_its_credential_says_nothing_else_of_the_person()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        using var account = new TestChainAccount();
        var (binding, fay) = (Of(nation), nation.People["fay"]);
        var challenge = binding.Begin(account.Account.ToLowerInvariant(), "a session");
        Assert.Equal(account.Account, challenge.Account.ToString());
        Assert.Matches("^[0-9a-f]{80}$", challenge.Nonce);
        Assert.StartsWith($"{new Uri(nation.Nation.Keys.Nation.Issuer).Authority} wants you to sign in with your Ethereum account:\n{account.Address}\n\nI bind this account", challenge.Message, StringComparison.Ordinal);
        Assert.Contains($"\nURI: {nation.Nation.Keys.Nation.Url("/account/elsewhere")}\nVersion: 1\nChain ID: 1\nNonce: {challenge.Nonce}\nIssued At: ", challenge.Message, StringComparison.Ordinal);
        Assert.Equal(challenge, binding.Again(account.Account, "a session", challenge.Nonce));
        var id = await binding.BindAsync(fay, "a session", account.Account, challenge.Nonce, account.Sign(challenge.Message));
        var bound = Assert.Single(await binding.OfAsync(fay));
        Assert.Equal((id, account.Account), (bound.Id, bound.Account));

        // In the log by ids and a digest that has a salt in it, told to the member, and nowhere in the clear.
        var row = Assert.Single(await BoundAccounts.OfAsync(nation.Database, fay));
        var member = (await Member.FindAsync(nation.Database, nation.Nation.Keys, fay))!;
        var content = member.Data.Open(row.Content, $"bound_account/{id}");
        Assert.Equal(account.Account, StrictJson.ParseObject(content).RequiredString("account"));
        Assert.Equal(43, StrictJson.ParseObject(content).RequiredString("salt").Length);
        var leaf = Assert.Single(await Journal.OfAsync(nation.Database, id));
        Assert.Equal((AccountBinding.BindAct, fay, Base64Url.Encode(SHA256.HashData(content))), (leaf.Act, leaf.Actor, leaf.Detail));
        Assert.Equal(NoticeKind.AccountBound.Name, (await Notices.OfMemberAsync(nation.Database, fay, Now(nation))).Single(notice => notice.About == id).Kind);
        Assert.DoesNotContain(account.Address[2..], $"{row.Tag} {row.Digest}", StringComparison.OrdinalIgnoreCase);

        // The credential: the account and a day, both withheld unless shown; no longer than the membership.
        var offer = await binding.OfferAsync(fay, id);
        Assert.Equal(offer, await binding.OfferAsync(fay, id));
        var credential = await TakeAsync(nation, offer);
        var said = credential.Disclosures.ToDictionary(disclosure => disclosure.Name!, disclosure => disclosure.Value!.ToString());
        Assert.Equal(["account", "bound_at"], said.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((account.Account, $"{bound.Since:yyyy-MM-dd}"), (said["account"], said["bound_at"]));
        Assert.Equal(["_sd", "_sd_alg", "charter_version", "cnf", "exp", "iat", "iss", "status", "vct"], credential.IssuerSigned.Claims().Select(claim => claim.Key).Order(StringComparer.Ordinal));
        var held = await Credentials.ListAsync(nation.Database, fay);
        Assert.Equal(held.Single(one => one.Type == "membership").ExpiresAt, held.Single(one => one.Type == "account").ExpiresAt);
        Assert.NotEqual(offer, await binding.OfferAsync(fay, id));
        await SoundAsync(nation);
    }

    [Fact]
    public async Task A62_what_was_signed_for_another_session_or_account_or_time_or_twice_binds_nothing()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        using var account = new TestChainAccount();
        using var other = new TestChainAccount();
        var (binding, fay) = (Of(nation), nation.People["fay"]);
        var challenge = binding.Begin(account.Account, "a session");
        var signature = account.Sign(challenge.Message);
        await RefusedAsync(AccountRefusal.ChallengeEndedCode, () => binding.BindAsync(fay, "another session", account.Account, challenge.Nonce, signature));
        foreach (var nonce in (string[])["", "00", challenge.Nonce.ToUpperInvariant(), challenge.Nonce[..^2], challenge.Nonce[..^2] + (challenge.Nonce.EndsWith("00", StringComparison.Ordinal) ? "01" : "00"), new('f', 80)])
            await RefusedAsync(AccountRefusal.ChallengeEndedCode, () => binding.BindAsync(fay, "a session", account.Account, nonce, signature));

        // Another account's signature, or this one's of another text: another nonce, another account in it.
        await RefusedAsync(AccountRefusal.SignatureCode, () => binding.BindAsync(fay, "a session", account.Account, challenge.Nonce, other.Sign(challenge.Message)));
        await RefusedAsync(AccountRefusal.SignatureCode, () => binding.BindAsync(fay, "a session", other.Account, challenge.Nonce, signature));
        await RefusedAsync(AccountRefusal.SignatureCode, () => binding.BindAsync(fay, "a session", account.Account.Replace(":1:", ":10:", StringComparison.Ordinal), challenge.Nonce, signature));
        await RefusedAsync(AccountRefusal.SignatureCode, () => binding.BindAsync(fay, "a session", account.Account, binding.Begin(account.Account, "a session").Nonce, signature));
        await RefusedAsync(AccountRefusal.SignatureCode, () => binding.BindAsync(fay, "a session", account.Account, challenge.Nonce, "0x"));

        // A63: the same text at another nation is another text.
        await RefusedAsync(AccountRefusal.SignatureCode, () =>
            binding.BindAsync(fay, "a session", account.Account, challenge.Nonce, account.Sign(challenge.Message.Replace(new Uri(nation.Nation.Keys.Nation.Issuer).Authority, "other.example", StringComparison.Ordinal))));
        Assert.Empty(await binding.OfAsync(fay));
        Assert.Equal(0, nation.Issuing.Query<long>("SELECT count(*) FROM spent WHERE kind = 'account_nonce'").Single());

        // Once; and after it was unbound, not again.
        var id = await binding.BindAsync(fay, "a session", account.Account, challenge.Nonce, signature);
        await binding.UnbindAsync(fay, id);
        await RefusedAsync(AccountRefusal.ChallengeEndedCode, () => binding.BindAsync(fay, "a session", account.Account, challenge.Nonce, signature));

        // Ten minutes.
        var late = binding.Begin(account.Account, "a session");
        nation.Time.Move(AccountBinding.Lifetime);
        await RefusedAsync(AccountRefusal.ChallengeEndedCode, () => binding.BindAsync(fay, "a session", account.Account, late.Nonce, account.Sign(late.Message)));
        Assert.Throws<NetworkIdentity.Standards.Refusal>(() => binding.Again(account.Account, "a session", late.Nonce));
        Assert.Empty(await binding.OfAsync(fay));
        await SoundAsync(nation);
    }

    [Fact]
    public async Task A80_an_address_is_one_members_at_a_time_at_whatever_chain_and_free_when_it_is_unbound()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        using var account = new TestChainAccount();
        var (binding, fay, eve) = (Of(nation), nation.People["fay"], nation.People["eve"]);
        var elsewhere = account.Account.Replace(":1:", ":10:", StringComparison.Ordinal);
        var id = await BindAsync(binding, fay, account);
        foreach (var (who, what) in ((string, string)[])[(eve, account.Account), (eve, elsewhere), (fay, account.Account), (fay, elsewhere)])
        {
            var refusal = await Assert.ThrowsAsync<NetworkIdentity.Standards.Refusal>(() => BindAsync(binding, who, account, what));
            Assert.Equal("account_bound", refusal.Code);
            Assert.DoesNotContain(fay, refusal.Description, StringComparison.Ordinal);
        }

        // Another's binding is none of theirs.
        await RefusedAsync(AccountRefusal.UnknownAccountCode, () => binding.UnbindAsync(eve, id));
        await RefusedAsync(AccountRefusal.UnknownAccountCode, () => binding.OfferAsync(eve, id));
        await binding.UnbindAsync(fay, id);
        await RefusedAsync(AccountRefusal.UnknownAccountCode, () => binding.UnbindAsync(fay, id));
        Assert.Equal([(AccountBinding.BindAct, fay), (AccountBinding.UnbindAct, fay)], await nation.JournalAsync(id));
        await BindAsync(binding, eve, account, elsewhere);
        Assert.Equal(elsewhere, Assert.Single(await binding.OfAsync(eve)).Account);
        Assert.Empty(await binding.OfAsync(fay));
        await SoundAsync(nation);
    }

    [Fact]
    public async Task Of_two_members_who_bind_one_address_at_once_on_two_servers_one_has_it()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        await using var other = nation.Nation.OpenDatabase();
        using var account = new TestChainAccount();
        AccountBinding[] servers = [Of(nation), On(nation, other)];
        string[] people = ["ana", "ben", "cyd", "dee", "eve", "fay"];
        var codes = await Task.WhenAll(people.Select((name, at) => Task.Run(() => CodeAsync(() => BindAsync(servers[at % 2], nation.People[name], account)))));
        Assert.Single(codes, code => code is null);
        Assert.All(codes.Where(code => code is not null), code => Assert.Equal("account_bound", code));
        Assert.Equal(1, nation.Issuing.Query<long>("SELECT count(*) FROM bound_account").Single());
        await SoundAsync(nation);
    }

    [Fact]
    public async Task A_member_has_ten_at_most_also_where_they_are_bound_at_once()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        await using var other = nation.Nation.OpenDatabase();
        AccountBinding[] servers = [Of(nation), On(nation, other)];
        var fay = nation.People["fay"];
        var codes = await Task.WhenAll(Enumerable.Range(0, 12).Select(at => Task.Run(async () =>
        {
            using var account = new TestChainAccount();
            return await CodeAsync(() => BindAsync(servers[at % 2], fay, account));
        })));
        Assert.Equal((10, 2), (codes.Count(code => code is null), codes.Count(code => code == "too_many_accounts")));
        await servers[0].UnbindAsync(fay, (await servers[0].OfAsync(fay))[4].Id);
        using var last = new TestChainAccount();
        await BindAsync(servers[0], fay, last);
        Assert.Equal(BoundAccounts.Most, (await servers[0].OfAsync(fay)).Count);
        await SoundAsync(nation);
    }

    [Fact]
    public async Task Unbinding_revokes_what_was_issued_and_closes_what_was_offered_of_it_alone()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        using var account = new TestChainAccount();
        using var second = new TestChainAccount();
        var (binding, fay) = (Of(nation), nation.People["fay"]);
        var (id, kept) = (await BindAsync(binding, fay, account), await BindAsync(binding, fay, second));
        await TakeAsync(nation, await binding.OfferAsync(fay, id));
        await TakeAsync(nation, await binding.OfferAsync(fay, kept));
        var open = await binding.OfferAsync(fay, id);
        await binding.UnbindAsync(fay, id);
        Assert.Equal(2, nation.Issuing.Query<long>("SELECT count(*) FROM offer WHERE decision_id = @id AND revoked_at IS NOT NULL", new { id }).Single());
        await Assert.ThrowsAsync<NetworkIdentity.Standards.Refusal>(() => TakeAsync(nation, open));
        var rows = (await Credentials.ListAsync(nation.Database, fay)).Where(row => row.Type == "account").ToList();
        var ended = Assert.Single(rows, row => row.RevokedAt is not null);
        Assert.Equal("unbound", await nation.Issuing.Revoker.ReasonOfAsync(ended));
        Assert.Equal(TokenStatus.Invalid, StatusOf(nation, ended));
        Assert.Equal(TokenStatus.Valid, StatusOf(nation, rows.Single(row => row != ended)));
        Assert.True(await Credentials.BelongsAsync(nation.Database, fay, Now(nation)));
        await SoundAsync(nation);
    }

    [Fact]
    public async Task An_offer_and_an_unbinding_that_meet_leave_nothing_that_stands()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        await using var other = nation.Nation.OpenDatabase();
        var (binding, elsewhere, fay) = (Of(nation), On(nation, other), nation.People["fay"]);
        for (var round = 0; round < 5; round++)
        {
            using var account = new TestChainAccount();
            var id = await BindAsync(binding, fay, account);
            var offered = Task.Run(() => CodeAsync(() => elsewhere.OfferAsync(fay, id)));
            await Task.Run(() => binding.UnbindAsync(fay, id));
            Assert.Contains(await offered, (string?[])[null, "unknown_account", "mandate_missing"]);
            Assert.Equal(0, nation.Issuing.Query<long>("SELECT count(*) FROM offer WHERE type = 'account' AND revoked_at IS NULL").Single());
        }
    }

    [Fact]
    public async Task It_is_set_aside_and_ends_with_the_membership_and_the_address_is_free_then()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        using var account = new TestChainAccount();
        using var second = new TestChainAccount();
        var (binding, fay) = (Of(nation), nation.People["fay"]);
        var id = await BindAsync(binding, fay, account);
        await TakeAsync(nation, await binding.OfferAsync(fay, id));
        await DecidingTests.ApprovedAsync(nation, Proposal.Suspend(fay, "harm", "Why.", 5), "ana", "ben", "cyd");
        nation.Time.Move(TimeSpan.FromDays(10));
        await nation.Deciding.GoOnAsync();
        Assert.Empty(await StandingAsync(nation, fay));
        await RefusedAsync(NationRefusal.NotAMemberCode, () => BindAsync(binding, fay, second));
        await RefusedAsync(NationRefusal.NotAMemberCode, () => binding.OfferAsync(fay, id));
        await RefusedAsync("account_bound", () => BindAsync(binding, nation.People["eve"], account));
        nation.Time.Move(TimeSpan.FromDays(10));
        await nation.Issuing.Suspensions.EndDueAsync();
        Assert.Single(await StandingAsync(nation, fay));

        await DecidingTests.ApprovedAsync(nation, Proposal.Revoke(fay, "harm", "Why."), "ana", "ben", "cyd", "dee");
        nation.Time.Move(TimeSpan.FromDays(22));
        await nation.Deciding.GoOnAsync();
        Assert.Empty(await StandingAsync(nation, fay));
        Assert.Empty(await binding.OfAsync(fay));
        await RefusedAsync(NationRefusal.NotAMemberCode, () => BindAsync(binding, fay, second));

        // Eve has it now; she leaves, and dee has it; who merges eve's ids away has none of them.
        await BindAsync(binding, nation.People["eve"], account);
        await new Leaving(nation.Database, nation.Issuing.Offering, nation.Issuing.Revoker, new Eraser(nation.Database, nation.Time), nation.Time).LeaveAsync(nation.People["eve"], RandomId.Secret());
        await BindAsync(binding, nation.People["dee"], account);
        await SoundAsync(nation);
    }

    [Fact]
    public async Task A80_who_belongs_no_more_because_it_ran_out_keeps_no_address_from_who_has_its_key_now()
    {
        await using var nation = await TestGovernment.FoundAsync(("ana", null, ["issue"]));
        using var account = new TestChainAccount();
        var (binding, ana) = (Of(nation), nation.People["ana"]);
        var id = await BindAsync(binding, ana, account);
        await TakeAsync(nation, await binding.OfferAsync(ana, id));
        var open = await binding.OfferAsync(ana, id);
        var until = (await Credentials.ListAsync(nation.Database, ana)).Where(row => row.Type == CredentialType.Membership).Max(row => row.ExpiresAt);
        nation.Time.Move(TimeSpan.FromDays(10));
        await nation.JoinAsync("ben", "Lisbon");
        nation.Time.Move(TimeSpan.FromSeconds(until - 1 - Now(nation)));
        await RefusedAsync("account_bound", () => BindAsync(binding, nation.People["ben"], account));
        nation.Time.Move(TimeSpan.FromSeconds(1));
        await RefusedAsync(NationRefusal.NotAMemberCode, () => BindAsync(binding, ana, account));
        Assert.Equal(id, Assert.Single(await binding.OfAsync(ana)).Id);

        // It ends as if it was unbound, in the commit that binds it; and its leaf doesn't say by whom.
        await BindAsync(binding, nation.People["ben"], account);
        Assert.Empty(await binding.OfAsync(ana));
        Assert.Equal(account.Account, Assert.Single(await binding.OfAsync(nation.People["ben"])).Account);
        Assert.Equal([(AccountBinding.BindAct, ana), (AccountBinding.UnbindAct, id)], await nation.JournalAsync(id));
        Assert.Empty(await Offers.RestingOnAsync(nation.Database, id));
        Assert.DoesNotContain(open, await Offers.StandingAsync(nation.Database, ana));
        Assert.All((await Credentials.ListAsync(nation.Database, ana)).Where(row => row.Type == CredentialType.Account), row => Assert.NotNull(row.RevokedAt));
        await SoundAsync(nation);
    }

    [Fact]
    public async Task Of_two_member_ids_that_become_one_the_accounts_of_the_one_that_ends_are_free()
    {
        await using var nation = await TestGovernment.GovernedAsync();
        using var account = new TestChainAccount();
        using var second = new TestChainAccount();
        var binding = Of(nation);
        await BindAsync(binding, nation.People["fay"], account);
        await BindAsync(binding, nation.People["eve"], second);
        await DecidingTests.ApprovedAsync(nation, Proposal.Merge(nation.People["fay"], nation.People["eve"], "One person."), "ana", "ben", "cyd");
        nation.Time.Move(TimeSpan.FromDays(40));
        await nation.Deciding.GoOnAsync();
        Assert.NotNull(await MergedMembers.FindAsync(nation.Database, nation.People["fay"]));
        await BindAsync(binding, nation.People["eve"], account);
        Assert.Equal([second.Account, account.Account], (await binding.OfAsync(nation.People["eve"])).Select(one => one.Account));
        await SoundAsync(nation);
    }

    [Fact]
    public async Task A_membership_that_is_suspended_or_revoked_by_itself_takes_the_account_with_it()
    {
        await using var nation = await TestGovernment.FoundAsync(("ana", null, ["issue"]));
        using var account = new TestChainAccount();
        var (binding, ana) = (Of(nation), nation.People["ana"]);
        await TakeAsync(nation, await binding.OfferAsync(ana, await BindAsync(binding, ana, account)));
        var membership = (await Credentials.ListAsync(nation.Database, ana)).Single(row => row.Type == CredentialType.Membership);
        await nation.Issuing.Suspensions.SuspendAsync(membership.Id, "a reason", nation.Time.GetUtcNow().AddDays(3));
        Assert.Empty(await StandingAsync(nation, ana));
        await nation.Issuing.Suspensions.ResumeAsync(membership.Id, "a reason");
        Assert.Single(await StandingAsync(nation, ana));
        await nation.Issuing.Revoker.RevokeAsync(membership.Id, "a reason");
        Assert.Empty(await StandingAsync(nation, ana));
        Assert.Empty(await binding.OfAsync(ana));
        await SoundAsync(nation);
    }

    [Fact]
    public async Task Erasing_a_member_leaves_no_trace_of_the_address()
    {
        await using var nation = await TestGovernment.FoundAsync();
        await nation.JoinAsync("ana", "Lisbon");
        using var account = new TestChainAccount();
        var (binding, ana) = (Of(nation), nation.People["ana"]);
        await TakeAsync(nation, await binding.OfferAsync(ana, await BindAsync(binding, ana, account)));
        await new Eraser(nation.Database, nation.Time).EraseAsync(ana);
        Assert.Equal(0, nation.Issuing.Query<long>("SELECT count(*) FROM bound_account").Single());
        await nation.JoinAsync("ben", "Lisbon");
        await BindAsync(binding, nation.People["ben"], account);
        await SoundAsync(nation);
    }

    /// <summary>Not the founder, not a decision, not a renewal: a signature shows it, or nothing does.</summary>
    [Fact]
    public async Task Nobody_says_by_hand_that_an_account_is_somebodys()
    {
        await using var nation = await TestGovernment.FoundAsync(("ana", null, ["issue"]));
        using var account = new TestChainAccount();
        var (binding, ana) = (Of(nation), nation.People["ana"]);
        var claims = new Dictionary<string, string> { ["account"] = account.Account, ["bound_at"] = "2026-11-22" };
        await RefusedAsync("account_not_shown", () => nation.Issuing.Offering.MakeAsync(CredentialType.Account, ana, claims, withTransactionCode: false));
        await RefusedAsync("member_missing", () => nation.Issuing.Offering.MakeAsync(CredentialType.Account, null, claims, withTransactionCode: false));
        await RefusedAsync("account_not_shown", () => nation.Issuing.Offering.MakeAnewAsync(CredentialType.Account, ana, claims, new Mandate(Act.Issue, "a decision", "2026-1", []), null));
        await TakeAsync(nation, await binding.OfferAsync(ana, await BindAsync(binding, ana, account)));
        var held = (await Credentials.ListAsync(nation.Database, ana)).Single(row => row.Type == CredentialType.Account);
        await RefusedAsync("account_not_shown", () => nation.Issuing.Offering.RenewAsync(held.Id, claims, withTransactionCode: false));
        Assert.DoesNotContain(CredentialType.Account, CredentialType.Decided);
    }

    [Fact]
    public async Task The_audit_finds_a_binding_that_no_leaf_speaks_of_and_one_that_came_back()
    {
        await using var nation = await TestGovernment.FoundAsync(("ana", null, ["issue"]));
        using var account = new TestChainAccount();
        var (binding, ana) = (Of(nation), nation.People["ana"]);
        var id = await BindAsync(binding, ana, account);
        var row = Assert.Single(await BoundAccounts.OfAsync(nation.Database, ana));
        await nation.Database.CommitAsync(new Statement("UPDATE bound_account SET digest = 'another'", new { }));
        Assert.Equal("no leaf speaks of the bound account, or of other words", Assert.Single(await GovernanceAudit.RunAsync(nation.Database)).What);
        await nation.Database.CommitAsync(new Statement("UPDATE bound_account SET digest = @Digest", new { row.Digest }));
        await binding.UnbindAsync(ana, id);
        Assert.Empty(await GovernanceAudit.RunAsync(nation.Database));
        await nation.Database.CommitAsync(BoundAccounts.Insert(row));
        Assert.Equal("a leaf says that the account was unbound", Assert.Single(await GovernanceAudit.RunAsync(nation.Database)).What);
    }

    private static AccountBinding Of(TestGovernment nation) => On(nation, nation.Database);

    private static AccountBinding On(TestGovernment nation, Database database) => new(
        database, nation.Nation.Keys, new Offering(database, nation.Nation.Keys, nation.Nation.Did, CredentialType.LoadAll(), nation.Time), new Revoker(database, nation.Nation.Keys, nation.Time), nation.Time);

    private static Task<string> BindAsync(AccountBinding binding, string memberId, TestChainAccount account, string? named = null)
    {
        var challenge = binding.Begin(named ?? account.Account, $"session of {memberId}");
        return binding.BindAsync(memberId, $"session of {memberId}", named ?? account.Account, challenge.Nonce, account.Sign(challenge.Message));
    }

    private static async Task<SdJwt> TakeAsync(TestGovernment nation, string offer)
    {
        var code = (await nation.Issuing.Offering.FindAsync(offer))!.Offer.PreAuthorizedCode;
        var token = (await nation.Issuing.Offering.RedeemAsync(code, null, null)).AccessToken;
        var issued = await nation.Issuing.Issuer.IssueAsync(token, await nation.Issuing.RequestAsync([TestWallet.NewKey()], CredentialType.Account));
        return SdJwt.Parse((string)issued.Credentials.Single()!);
    }

    private static async Task<IReadOnlyList<string>> StandingAsync(TestGovernment nation, string memberId) =>
        [.. (await Credentials.ListAsync(nation.Database, memberId)).Where(row => row.Type == CredentialType.Account && row.Stands(Now(nation))).Select(row => row.Id)];

    private static TokenStatus StatusOf(TestGovernment nation, Credentials.Row row) =>
        (TokenStatus)nation.Issuing.Query<long>("SELECT status FROM status_slot WHERE credential_id = @Id", new { row.Id }).Single();

    private static async Task RefusedAsync(string code, Func<Task> act) => Assert.Equal(code, (await Assert.ThrowsAsync<NetworkIdentity.Standards.Refusal>(act)).Code);

    private static async Task<string?> CodeAsync(Func<Task> act) => (await Record.ExceptionAsync(act)) switch
    {
        null => null,
        NetworkIdentity.Standards.Refusal refusal => refusal.Code,
        var other => throw other,
    };

    private static async Task SoundAsync(TestGovernment nation)
    {
        using var log = await PublicLog.OpenAsync(nation.Database, nation.Nation.Keys);
        await log.SequenceAsync();
        Assert.Empty((await LogAudit.RunAsync(nation.Database, log)).Faults);
    }

    private static long Now(TestGovernment nation) => nation.Time.GetUtcNow().ToUnixTimeSeconds();
}
