using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Governing;

/// <summary>How a person joins: they apply, members vouch for them, a quorum admits or refuses them, and their wallet takes the membership.</summary>
/// <remarks>
/// An application is vouching, in review, admitted, and ends as joined, refused, withdrawn or lapsed: each end frees the vouches in its own commit, so none stays locked. An application
/// ends by its time at the latest. Once enough members spoke for the person, the question whether they are admitted is put by itself: nobody has to want it.
/// </remarks>
public sealed class Applying(Database database, KeyRing keys, Offering offering, Deciding deciding, TimeProvider time)
{
    /// <summary>The longest that a person, or who vouches for them, can say.</summary>
    public const int MaxWords = 2000;

    private const int MaxAttempts = 32;

    /// <summary>What an applicant gets.</summary>
    /// <param name="Id">The application's id.</param>
    /// <param name="Secret">Opens it: part of the applicant's own link, and kept nowhere else.</param>
    /// <param name="VouchCode">What they give to members who know them: it lets these vouch, and nothing else. It follows from the secret.</param>
    public sealed record Applied(string Id, string Secret, string VouchCode);

    /// <summary>Somebody applies.</summary>
    /// <param name="name">What they are called: the display name of their membership.</param>
    /// <param name="statement">What they say of themselves, to those who vouch and decide.</param>
    /// <param name="node">The name of the node that they would belong to; null for none.</param>
    /// <param name="email">Where they want to be told what happens; null for nowhere.</param>
    /// <exception cref="Refusal"><c>no_charter</c>, <c>invalid_application</c>, <c>unknown_node</c>, <c>invalid_contact</c>.</exception>
    public async Task<Applied> ApplyAsync(string name, string statement, string? node, string? email = null)
    {
        var charter = await Rules.InForceAsync(database);
        if (DisplayName.Fault(name) is { } fault) throw NationRefusal.InvalidApplication($"the name {fault}");
        CheckWords(statement, "what you say of yourself");
        var nodeId = node is null ? null : (await Node.FindAsync(database, node)).Id;
        var now = time.GetUtcNow();
        var (member, insert) = Member.Create(keys, now, Member.Applied);
        var contact = email is null ? [] : Contact.Put(member, email, now);
        var secret = RandomId.Secret();
        var made = new Applied(RandomId.New(), secret, ApplicationSecret.VouchCodeOf(secret));
        var row = new Applications.Row
        {
            Id = made.Id,
            MemberId = member.Id,
            SecretDigest = RandomId.Digest(made.Secret),
            VouchDigest = RandomId.Digest(made.VouchCode),
            NodeId = nodeId,
            Content = member.Data.Seal(StrictJson.Write(new JsonObject { ["name"] = name, ["statement"] = statement }), Owner(made.Id)),
            CharterVersion = charter.Version,
            State = Applications.Vouching,
            Revision = 1,
            AppliedAt = now.ToUnixTimeSeconds(),
            OpenUntil = (now + charter.Terms.Application).ToUnixTimeSeconds(),
        };
        await database.CommitAsync(
        [
            insert,
            .. contact,
            Applications.Insert(row),
            Journal.Write("apply", row.Id, member.Id, charter.Version, row.AppliedAt),
            .. Notice.To(member.Id, NoticeKind.ApplicationReceived, row.Id, now),
            .. Notice.To(member.Id, NoticeKind.ApplicationEndsSoon, row.Id, now, now + (charter.Terms.Application * 0.8)),
        ]);
        await MoveAsync(row.Id);
        return made;
    }

    /// <summary>The applicant's own view; null where the secret is none.</summary>
    public async Task<Application?> OpenAsync(string secret) =>
        await Applications.FindBySecretAsync(database, RandomId.Digest(secret)) is { } row ? await ReadAsync(row) : null;

    /// <summary>Where the application of a secret stands now, also where what was said in it can't be read any more; null where the secret is none.</summary>
    public async Task<Applications.Row?> StandingAsync(string secret)
    {
        if (await Applications.FindBySecretAsync(database, RandomId.Digest(secret)) is not { } row) return null;
        await MoveAsync(row.Id);
        return await Applications.FindAsync(database, row.Id);
    }

    /// <summary>What a member sees who was given the code; null where it is none, or nobody can vouch any more.</summary>
    public async Task<Application?> AskedAsync(string vouchCode) =>
        await Applications.FindByVouchAsync(database, RandomId.Digest(vouchCode)) is { State: Applications.Vouching or Applications.Review } row ? await ReadAsync(row) : null;

    /// <summary>One application, for who decides.</summary>
    public async Task<Application?> FindAsync(string id) => await Applications.FindAsync(database, id) is { } row ? await ReadAsync(row) : null;

    /// <summary>The application of a person; null where there is none that can be read.</summary>
    public async Task<Application?> OfPersonAsync(string memberId) => await Applications.OfMemberAsync(database, memberId) is { } row ? await ReadAsync(row) : null;

    /// <summary>For how many a member vouches, and may.</summary>
    /// <exception cref="Refusal"><c>no_charter</c>.</exception>
    public async Task<Voucher> VoucherAsync(string memberId)
    {
        var charter = await Rules.InForceAsync(database);
        var now = time.GetUtcNow();
        return new(IsEligible(charter, await StandingOfAsync(database, memberId, now), now), (await Vouches.TakenAsync(database, memberId)).Count, charter.Vouching.OpenAtOnce);
    }

    /// <summary>The people for whom a member vouches now, the first first.</summary>
    public async Task<IReadOnlyList<Application>> VouchedForAsync(string memberId)
    {
        List<Application> people = [];
        foreach (var id in await Vouches.BoundAsync(database, memberId))
            if (await FindAsync(id) is { } application) people.Add(application);
        return people;
    }

    /// <summary>A member speaks for the person.</summary>
    /// <exception cref="Refusal">
    /// <c>unknown_application</c>: the code is none, or nobody can vouch any more. <c>invalid_application</c>: no words. <c>not_eligible</c>: not a member, or not for long enough.
    /// <c>already_vouched</c>; <c>no_vouch_left</c>: they vouch for as many as the charter allows.
    /// </exception>
    public async Task VouchAsync(string vouchCode, string memberId, string words)
    {
        CheckWords(words, "what you say of them");
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var charter = await Rules.InForceAsync(database);
            var now = time.GetUtcNow();
            if (await Applications.FindByVouchAsync(database, RandomId.Digest(vouchCode)) is not { State: Applications.Vouching or Applications.Review } row || row.OpenUntil <= now.ToUnixTimeSeconds())
                throw NationRefusal.UnknownApplication();
            if (!IsEligible(charter, await StandingOfAsync(database, memberId, now), now) || row.MemberId == memberId) throw NationRefusal.NotEligible("a vouch");
            if ((await Vouches.OfAsync(database, row.Id)).Any(vouch => vouch.MemberId == memberId)) throw NationRefusal.AlreadyVouched();
            var taken = await Vouches.TakenAsync(database, memberId);
            var slot = Enumerable.Range(0, charter.Vouching.OpenAtOnce).Select(one => (long)one).Except(taken).Select(one => (long?)one).FirstOrDefault() ?? throw NationRefusal.NoVouchLeft(charter.Vouching.OpenAtOnce);
            var person = await Member.FindAsync(database, keys, row.MemberId) ?? throw NationRefusal.UnknownApplication();
            var broken = await database.CommitAsync(
                Nations.IsUnder(charter.Version),
                Applications.Touch(row),
                Credentials.Belongs(memberId, now.ToUnixTimeSeconds()),
                Vouches.Insert(new Vouches.Row
                {
                    ApplicationId = row.Id,
                    MemberId = memberId,
                    Slot = slot,
                    Statement = person.Data.Seal(System.Text.Encoding.UTF8.GetBytes(words), Owner(row.Id, memberId)),
                    VouchedAt = now.ToUnixTimeSeconds(),
                }),
                Journal.Write("vouch", row.Id, memberId, charter.Version, now.ToUnixTimeSeconds()));
            if (broken == Credentials.BelongsCondition) throw NationRefusal.NotEligible("a vouch");
            if (broken is not null) continue;
            await MoveAsync(row.Id);
            return;
        }

        throw NationRefusal.DecisionMoved();
    }

    /// <summary>A member takes their word back, as long as nothing was decided.</summary>
    /// <exception cref="Refusal"><c>unknown_application</c>: they did not vouch for it, or it is decided.</exception>
    public async Task TakeBackAsync(string applicationId, string memberId)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var now = time.GetUtcNow().ToUnixTimeSeconds();
            if (await Applications.FindAsync(database, applicationId) is not { State: Applications.Vouching or Applications.Review } row) throw NationRefusal.UnknownApplication();
            switch (await database.CommitAsync(
                Applications.Move(row, Applications.Vouching), Vouches.Delete(row.Id, memberId), Journal.Write("take-back-vouch", row.Id, memberId, row.CharterVersion, now)))
            {
                case null:
                    await MoveAsync(row.Id);
                    return;
                case Vouches.OnceCondition: throw NationRefusal.UnknownApplication();
            }
        }

        throw NationRefusal.DecisionMoved();
    }

    /// <summary>The applicant takes the application back: everything they said can't be read any more.</summary>
    /// <exception cref="Refusal"><c>unknown_application</c>; <c>application_ended</c>.</exception>
    public async Task WithdrawAsync(string secret)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var row = await Applications.FindBySecretAsync(database, RandomId.Digest(secret)) ?? throw NationRefusal.UnknownApplication();
            await MoveAsync(row.Id);
            row = (await Applications.FindAsync(database, row.Id))!;
            if (row.EndedAt is not null) throw NationRefusal.ApplicationEnded(row.State);
            if (await EndAsync(row, Applications.Withdrawn, "withdraw-application")) return;
        }

        throw NationRefusal.DecisionMoved();
    }

    /// <summary>
    /// Offers the admitted their membership, as often as they ask until a wallet has taken it: what was offered before gives nothing any more. The wallet asks for a code that follows
    /// from the secret, so that who sees the offer alone can't take it.
    /// </summary>
    /// <exception cref="Refusal"><c>unknown_application</c>; <c>application_ended</c>: it is not one that was admitted.</exception>
    public async Task<Offering.Made> CollectAsync(string secret)
    {
        var row = await Applications.FindBySecretAsync(database, RandomId.Digest(secret)) ?? throw NationRefusal.UnknownApplication();
        await MoveAsync(row.Id);
        row = (await Applications.FindAsync(database, row.Id))!;
        if (row is not { State: Applications.Admitted, DecisionId: { } decisionId } || row.OpenUntil <= time.GetUtcNow().ToUnixTimeSeconds()) throw NationRefusal.ApplicationEnded(row.State);
        var decision = (await Decisions.FindAsync(database, decisionId))!;
        var person = await Member.FindAsync(database, keys, row.MemberId) ?? throw NationRefusal.UnknownApplication();
        var before = await Offers.StandingAsync(database, row.MemberId);
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        List<Statement> conditions = [Applications.IsAdmitted(row), Members.IsOffered(row.MemberId), .. before.Select(offer => Offers.Revoke(offer, now))];
        var mandate = new Mandate(Act.Admit, decision.Id, decision.CharterVersion, [.. conditions.Select(condition => condition with { Condition = Mandate.Condition })]) { DecisionId = decision.Id };
        try
        {
            return await offering.MakeAsync(CredentialType.Membership, row.MemberId, await ClaimsOfAsync(database, person, row), mandate, ApplicationSecret.TransactionCodeOf(secret));
        }
        catch (Refusal refusal) when (refusal.Code == NationRefusal.MandateMissingCode)
        {
            throw NationRefusal.DecisionMoved();
        }
    }

    /// <summary>Goes on with all that are not at an end. Any server may, as often as it likes.</summary>
    /// <param name="failed">Told of one that broke, which holds no other up; where null, the first that breaks ends it.</param>
    public async Task GoOnAsync(Action<Exception>? failed = null)
    {
        foreach (var row in (IReadOnlyList<Applications.Row>)[.. await Applications.OpenAsync(database), .. await Applications.RefusedAsync(database)])
        {
            try
            {
                if (row.State == Applications.Refused) await ForgetAsync(row);
                else await MoveAsync(row.Id);
            }
            catch (Exception exception) when (failed is not null)
            {
                failed(exception);
            }
        }
    }

    /// <summary>What a membership says of who applied, by claim name.</summary>
    internal static async Task<IReadOnlyDictionary<string, string>> ClaimsOfAsync(Database database, Member person, Applications.Row row)
    {
        var claims = new Dictionary<string, string> { ["display_name"] = StrictJson.ParseObject(person.Data.Open(row.Content, Owner(row.Id))).RequiredString("name") };
        if ((await Node.AllAsync(database)).FirstOrDefault(node => node.Id == row.NodeId) is { } home) claims[Node.Claim] = home.Name;
        return claims;
    }

    /// <summary>Does what follows from where it stands: puts the question, takes it back, or ends it.</summary>
    internal async Task MoveAsync(string id)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await Applications.FindAsync(database, id) is not { EndedAt: null } row) return;
            var now = time.GetUtcNow();
            var member = await Members.FindAsync(database, row.MemberId);

            // 1. Taken by a wallet: there is a member more.
            if (row.State == Applications.Admitted && member is { State: Member.Active })
            {
                if (await EndAsync(row, Applications.Joined, "join")) return;
                continue;
            }

            // 2. Its time is over, or nobody is left who asked. What is decided and waits for its day is waited for.
            var isOver = row.OpenUntil <= now.ToUnixTimeSeconds() && !(await Decisions.OfSubjectAsync(database, row.Id)).Any(one => one is { State: Decisions.Open, DueAt: not null });
            if (isOver || member is null or { State: Member.Erased })
            {
                if (await EndAsync(row, Applications.Lapsed, "lapse-application")) return;
                continue;
            }

            if (row.State == Applications.Admitted) return;

            // 3. Enough members speak for the person, who is proven to be one where the charter asks for it; or no more.
            var charter = await Rules.InForceAsync(database);
            var isEnough = IsEnough(charter, await CountedAsync(database, charter, row.Id, now)) && await Personhood.IsProvenAsync(database, charter, row.Id);
            if (isEnough == (row.State == Applications.Review))
            {
                if (isEnough) await deciding.PutAsync(Proposal.Admit(row), row.OpenUntil);
                return;
            }

            await database.CommitAsync(
                Applications.Move(row, isEnough ? Applications.Review : Applications.Vouching),
                Journal.Write(isEnough ? "review" : "vouch-again", row.Id, row.Id, row.CharterVersion, now.ToUnixTimeSeconds()));
        }
    }

    private async Task<bool> EndAsync(Applications.Row row, string state, string act)
    {
        var now = time.GetUtcNow();
        return await database.CommitAsync(
        [
            Applications.End(row, state, now.ToUnixTimeSeconds()),
            .. await FreedAsync(database, row.Id, now),
            Decisions.EndOf(row.Id, Decisions.Lapsed, now.ToUnixTimeSeconds()),
            .. Notices.Withdraw(NoticeKind.ApplicationEndsSoon.Name, row.Id, now.ToUnixTimeSeconds()),

            // Nobody keeps what somebody said who did not come.
            .. state == Applications.Joined ? [] : (Statement[])[Offers.EndOfMember(row.MemberId, now.ToUnixTimeSeconds()), Members.Forget(row.MemberId)],

            // And they can come again, once.
            .. state == Applications.Joined ? [] : (Statement[])[Personhoods.FreeOf(row.Id)],
            Journal.Write(act, row.Id, row.Id, row.CharterVersion, now.ToUnixTimeSeconds()),
        ]) is null;
    }

    /// <summary>Who spoke for a person is free again, and is told.</summary>
    internal static async Task<IReadOnlyList<Statement>> FreedAsync(Database database, string applicationId, DateTimeOffset now) =>
    [
        Vouches.FreeOf(applicationId, now.ToUnixTimeSeconds()),
        .. (await Vouches.OfAsync(database, applicationId)).Where(vouch => vouch.FreedAt is null)
            .SelectMany(vouch => Notice.To(vouch.MemberId, NoticeKind.VouchFreed, applicationId, now)),
    ];

    /// <summary>
    /// Who was refused is forgotten once they can appeal no more, and had as long to read what came of it where they did. What stays is what the log speaks of: ids, days, digests.
    /// </summary>
    private async Task ForgetAsync(Applications.Row row)
    {
        var now = time.GetUtcNow();
        if (row.DecisionId is not { } decisionId || await Decisions.FindAsync(database, decisionId) is not { EndedAt: { } decided } decision) return;
        var appeal = (await Appeals.OfMemberAsync(database, row.MemberId)).FirstOrDefault(one => one.DecisionId == decisionId);
        if (appeal is { State: Appeals.Open }) return;
        var window = (await Rules.OfVersionAsync(database, decision.CharterVersion)).Terms.Appeal;
        if (DateTimeOffset.FromUnixTimeSeconds(Math.Max(decided, appeal?.EndedAt ?? 0)) + window > now) return;
        await database.CommitAsync(
        [
            Applications.Touch(row),
            Members.Forget(row.MemberId),
            Contacts.Delete(row.MemberId),
            .. Notices.DeleteOf(row.MemberId),
            .. Personhoods.FreeOfMember(row.MemberId, isRevoked: false),
            Journal.Write("forget-application", row.Id, row.Id, row.CharterVersion, now.ToUnixTimeSeconds()),
        ]);
    }

    /// <summary>Who speaks for a person and counts now, the first first: they belong, and have for long enough.</summary>
    internal static async Task<IReadOnlyList<Standing>> CountedAsync(Database database, Charter charter, string applicationId, DateTimeOffset now)
    {
        List<Standing> counted = [];
        foreach (var vouch in await Vouches.OfAsync(database, applicationId))
            if (await StandingOfAsync(database, vouch.MemberId, now) is { } standing && IsEligible(charter, standing, now)) counted.Add(standing);
        return counted;
    }

    /// <summary>Whether those are enough, from enough nodes.</summary>
    internal static bool IsEnough(Charter charter, IReadOnlyList<Standing> counted) =>
        counted.Count >= charter.Vouching.Needed && counted.Select(one => one.NodeId).OfType<string>().Distinct(StringComparer.Ordinal).Count() >= charter.Vouching.Nodes;

    private async Task<Application?> ReadAsync(Applications.Row row)
    {
        if (await Member.FindAsync(database, keys, row.MemberId) is not { } person) return null;
        var charter = await Rules.InForceAsync(database);
        var now = time.GetUtcNow();
        var said = StrictJson.ParseObject(person.Data.Open(row.Content, Owner(row.Id)));
        var vouches = (await Vouches.OfAsync(database, row.Id))
            .Select(vouch => (vouch.MemberId, System.Text.Encoding.UTF8.GetString(person.Data.Open(vouch.Statement, Owner(row.Id, vouch.MemberId))))).ToList();
        var counted = await CountedAsync(database, charter, row.Id, now);
        return new(row, said.RequiredString("name"), said.RequiredString("statement"), vouches, counted.Count, charter.Vouching.Needed);
    }

    private static async Task<Standing?> StandingOfAsync(Database database, string memberId, DateTimeOffset now) =>
        await Members.FindAsync(database, memberId) is { JoinedAt: { } joined } row && await Credentials.BelongsAsync(database, memberId, now.ToUnixTimeSeconds())
            ? new Standing(row.Id, DateTimeOffset.FromUnixTimeSeconds(joined), row.NodeId, [])
            : null;

    private static bool IsEligible(Charter charter, Standing? standing, DateTimeOffset now) => standing is not null && now - standing.Since >= charter.Vouching.MemberFor;

    private static void CheckWords(string words, string what)
    {
        if (DisplayName.FaultOfLines(words, MaxWords) is { } fault) throw NationRefusal.InvalidApplication($"{what} {fault}");
    }

    private static string Owner(string id) => $"application/{id}";

    private static string Owner(string id, string voucher) => $"application/{id}/vouch/{voucher}";
}
