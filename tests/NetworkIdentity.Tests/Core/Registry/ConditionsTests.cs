using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Registry;

/// <summary>The conditions of acts, each by itself: what was looked at before may be otherwise when the act is committed, and then nothing of it is.</summary>
public sealed class ConditionsTests : IAsyncLifetime
{
    private const long Now = 1_000;

    private TestNation _nation = null!;

    private Database Database => _nation.Database;

    public async ValueTask InitializeAsync() => _nation = await TestNation.FoundAsync();

    public ValueTask DisposeAsync() => _nation.DisposeAsync();

    [Fact]
    public async Task A_request_is_answered_once()
    {
        await CommitAsync(PresentationRequests.Insert(new()
        {
            Id = "r",
            SignInId = "s",
            Flow = PresentationRequests.SameDevice,
            ClientId = "c",
            Nonce = "n",
            State = "t",
            ResponseMode = "direct_post",
            ExpiresAt = Now + 300,
        }));
        await CommitAsync(PresentationRequests.Answer("r", "first", "code 1"));
        Assert.Equal("answered", await Database.CommitAsync(PresentationRequests.Answer("r", "second", "code 2")));
        Assert.Equal("first", (await PresentationRequests.FindAsync(Database, "r"))!.AnswerDigest);
    }

    [Fact]
    public async Task A_sign_in_is_proven_once_in_its_time_and_goes_on_once()
    {
        foreach (var id in (string[])["s", "late", "over", "elsewhere"])
        {
            await CommitAsync(SignIns.Insert(new()
            {
                Id = id,
                ClientId = "c",
                RedirectUri = "u",
                ResponseMode = "query",
                Scope = "openid",
                BrowserDigest = "b",
                Number = "12",
                Stage = SignIn.Asked,
                CreatedAt = Now,
                ExpiresAt = Now + 300,
            }));
        }

        Assert.Equal("stage", await Database.CommitAsync(Prove("late", "ana", Now + 300)));
        Assert.Equal("scanned", await Database.CommitAsync(SignIns.Scan("late", "code", Now + 300, Now + 600)));
        await CommitAsync(SignIns.Open("late", Now + 300, Now + 600));
        Assert.Equal((Now + 300, (long?)null), await SignIns.FindAsync(Database, "late") is { } late ? (late.ExpiresAt, late.ScannedAt) : default);
        await CommitAsync(SignIns.Lapse("over", SignIn.Cancelled));
        Assert.Equal("stage", await Database.CommitAsync(Prove("over", "ana", Now)));

        await CommitAsync(Prove("s", "ana", Now));
        Assert.Equal("stage", await Database.CommitAsync(Prove("s", "ben", Now)));
        Assert.Equal("ana", (await SignIns.FindAsync(Database, "s"))!.MemberId);

        Assert.Equal("stage", await Database.CommitAsync(SignIns.Confirm("s", Now - 300)));
        Assert.Equal("stage", await Database.CommitAsync(SignIns.Redeem("s", SignIn.Proven, PresentationRequests.CrossDevice, Now - 300)));
        Assert.Equal("stage", await Database.CommitAsync(SignIns.Redeem("s", SignIn.Confirmed, PresentationRequests.SameDevice, Now - 300)));
        Assert.Equal("stage", await Database.CommitAsync(SignIns.Redeem("s", SignIn.Proven, PresentationRequests.SameDevice, Now)));
        await CommitAsync(SignIns.Redeem("s", SignIn.Proven, PresentationRequests.SameDevice, Now - 300));
        Assert.Equal("stage", await Database.CommitAsync(SignIns.Redeem("s", SignIn.Proven, PresentationRequests.SameDevice, Now - 300)));
        await CommitAsync(SignIns.Disown("s"));
        Assert.Equal("stage", await Database.CommitAsync(SignIns.Disown("s")));

        // What was proven on another device is confirmed once, in time, and only then goes on.
        await CommitAsync(SignIns.Prove("elsewhere", PresentationRequests.CrossDevice, "ana", "x", [], Now));
        Assert.Equal("stage", await Database.CommitAsync(SignIns.Confirm("elsewhere", Now)));
        await CommitAsync(SignIns.Confirm("elsewhere", Now - 300));
        Assert.Equal("stage", await Database.CommitAsync(SignIns.Confirm("elsewhere", Now - 300)));
        Assert.Equal("stage", await Database.CommitAsync(SignIns.Mistake("elsewhere")));
        Assert.Equal("stage", await Database.CommitAsync(SignIns.Redeem("elsewhere", SignIn.Proven, PresentationRequests.CrossDevice, Now - 300)));
        await CommitAsync(SignIns.Redeem("elsewhere", SignIn.Confirmed, PresentationRequests.CrossDevice, Now - 300));

        // Of the codes of one sign-in, and of two wallets at one code, the first counts.
        Assert.Equal("scanned", await Database.CommitAsync(SignIns.Scan("s", "code", Now, Now + 300)));

        static Statement Prove(string id, string member, long now) => SignIns.Prove(id, PresentationRequests.SameDevice, member, "x", [], now);
    }

    [Fact]
    public async Task An_offer_is_taken_once_gives_nothing_while_it_is_suspended_and_is_revoked_once()
    {
        await CommitAsync(Offers.Insert(new()
        {
            Id = "o",
            MemberId = "m",
            Type = "membership",
            Claims = [],
            Code = [],
            CodeDigest = "d",
            CreatedAt = Now,
            ExpiresAt = Now + 300,
        }));
        await CommitAsync(Offers.Redeem("o", Now));
        Assert.Equal("redeemed", await Database.CommitAsync(Offers.Redeem("o", Now)));

        await CommitAsync(Offers.Suspend("o", Now + 10));
        Assert.Equal("revoked", await Database.CommitAsync(Offers.Gives("o")));
        await CommitAsync(Offers.Suspend("o", null), Offers.Gives("o"));
        await CommitAsync(Offers.Revoke("o", Now));
        Assert.Equal("revoked", await Database.CommitAsync(Offers.Gives("o")));
        Assert.Equal("moved", await Database.CommitAsync(Offers.Revoke("o", Now)));
        Assert.Equal("moved", await Database.CommitAsync(Offers.Suspend("o", null)));
    }

    [Fact]
    public async Task What_was_issued_from_an_offer_is_suspended_resumed_and_revoked_whole_or_not_at_all()
    {
        await CommitAsync(Credential("a", 0), Credential("b", 1));
        foreach (var known in (long[])[1, 3])
        {
            Assert.Equal("moved", await Database.CommitAsync(Credentials.SuspendOfOffer("o", known, [], Now + 10, Now)));
            Assert.Equal("moved", await Database.CommitAsync(Credentials.RevokeOfOffer("o", known, [], Now)));
        }

        Assert.Equal("moved", await Database.CommitAsync(Credentials.ResumeOfOffer("o", 2, [], [], Now)));
        await CommitAsync(Credentials.SuspendOfOffer("o", 2, [], Now + 10, Now));
        Assert.Equal("moved", await Database.CommitAsync(Credentials.SuspendOfOffer("o", 2, [], Now + 20, Now)));
        Assert.Equal("moved", await Database.CommitAsync(Credentials.ResumeOfOffer("o", 1, [], [], Now)));
        await CommitAsync(Credentials.ResumeOfOffer("o", 2, [], [], Now));

        // One of them was revoked meanwhile: neither both nor the other one alone.
        await CommitAsync(new Statement("UPDATE credential SET revoked_at = @at WHERE id = 'a'", new { at = Now }));
        Assert.Equal("moved", await Database.CommitAsync(Credentials.SuspendOfOffer("o", 2, [], Now + 10, Now)));
        Assert.Equal("moved", await Database.CommitAsync(Credentials.RevokeOfOffer("o", 2, [], Now)));
        Assert.Null((await Credentials.FindAsync(Database, "b"))!.RevokedAt);

        // And of what is suspended, nothing that is revoked is resumed.
        await CommitAsync(new Statement("UPDATE credential SET suspended_at = @at, suspended_until = @until, resumed_at = NULL", new { at = Now, until = Now + 10 }));
        Assert.Equal("moved", await Database.CommitAsync(Credentials.ResumeOfOffer("o", 2, [], [], Now)));
        await CommitAsync(Credentials.ResumeOfOffer("o", 1, [], [], Now));
        Assert.Null((await Credentials.FindAsync(Database, "a"))!.ResumedAt);
    }

    [Fact]
    public async Task The_log_is_begun_once_its_head_moves_from_where_it_is_and_a_row_has_one_place()
    {
        byte[] first = [.. Enumerable.Repeat((byte)1, 32)], second = [.. Enumerable.Repeat((byte)2, 32)];
        await CommitAsync(LogHeads.Begin(Head(1, first)));
        Assert.Equal("head", await Database.CommitAsync(LogHeads.Begin(Head(9, second))));
        Assert.Equal("head", await Database.CommitAsync(LogHeads.Move(2, first, Head(3, second))));
        Assert.Equal("head", await Database.CommitAsync(LogHeads.Move(1, second, Head(3, second))));
        Assert.Equal(1, (await LogHeads.FindAsync(Database))!.Size);
        await CommitAsync(LogHeads.Move(1, first, Head(2, second)));

        var row = (await Journal.WaitingAsync(Database, 1))[0];
        await CommitAsync(Journal.Sequence(row.Id, 0));
        Assert.Equal("seq", await Database.CommitAsync(Journal.Sequence(row.Id, 1)));

        static LogHeads.Row Head(long size, byte[] root) => new() { Size = size, Root = root, Checkpoint = $"checkpoint {size}" };
    }

    private static Statement Credential(string id, long ordinal) => Credentials.Insert(new()
    {
        Id = id,
        MemberId = "m",
        OfferId = "o",
        Ordinal = ordinal,
        Type = "membership",
        Format = "dc+sd-jwt",
        ListId = "l",
        Idx = ordinal,
        Kid = "k",
        HolderThumbprint = id,
        ToBeSigned = [],
        ToBeSignedDigest = id,
        Disclosures = [],
        NotificationId = id,
        RecordedAt = Now,
        IssuedAt = Now,
        ExpiresAt = Now + 1_000,
    });

    private async Task CommitAsync(params Statement[] act) => Assert.Null(await Database.CommitAsync(act));
}
