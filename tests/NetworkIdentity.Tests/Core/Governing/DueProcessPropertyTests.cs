using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Governing;

/// <summary>
/// Whatever people call, in whatever order, over months: who is harmed was given grounds, reasons and notice, and can appeal; who decided first decides on no appeal; what fewer than the quorum want
/// is not done; and what nobody decides ends by its time. What may be is told by the charter's numbers and by what was called, and by nothing of the code that counts.
/// </summary>
public sealed class DueProcessPropertyTests
{
    private static readonly string[] Stewards = ["ana", "ben", "cyd", "dee", "eve", "gil", "hal", "ida"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task I11_no_sequence_of_acts_harms_without_due_process_or_undoes_without_a_quorum(int seed)
    {
        await using var nation = await AppealingTests.EightAsync();
        await nation.JoinFurtherAsync("kim", "Lisbon");
        var model = new Model(nation, seed);
        for (var step = 0; step < 110; step++) await model.StepAsync();
        await model.EndAsync();
    }

    private sealed class Model(TestGovernment nation, int seed)
    {
        private const long Day = 86_400;

        private readonly Random _random = new(seed);
        private readonly Dictionary<string, HashSet<string>> _approved = [];
        private int _appeals;

        public async Task StepAsync()
        {
            var (deciding, appealing, granting) = _random.Next(2) == 0 ? (nation.Deciding, nation.Appealing, nation.Granting) : (nation.Elsewhere, nation.AppealingElsewhere, nation.GrantingElsewhere);
            var who = nation.People[Stewards[_random.Next(Stewards.Length)]];
            var whom = nation.People[_random.Next(2) == 0 ? "fay" : "kim"];
            try
            {
                switch (_random.Next(14))
                {
                    case 0: await ProposedAsync(deciding, Proposal.Suspend(whom, "harm", "Why.", _random.Next(1, 61)), who); break;
                    case 1: await ProposedAsync(deciding, Proposal.SuspendAtOnce(whom, "harm", "Why.", _random.Next(1, 8)), who); break;
                    case 2: await ProposedAsync(deciding, Proposal.Revoke(whom, "harm", "Why."), who); break;
                    case 3: await ProposedAsync(deciding, Proposal.Reinstate(whom, "Why."), who); break;
                    case 4 when await Appeals.OpenAsync(nation.Database) is [var open, ..]: await ProposedAsync(deciding, Proposal.UpholdAppeal(open, "Why."), who); break;
                    case 5 or 6:
                        if (Pick((await Decisions.OfMemberAsync(nation.Database, whom)).Where(row => row.State == Decisions.Done).ToList()) is { } row)
                        {
                            await appealing.AppealAsync(row.Id, _random.Next(4) == 0 ? who : whom, "Words.");
                            _appeals++;
                        }

                        break;
                    case 7:
                        nation.Time.Move(TimeSpan.FromDays(_random.Next(1, 7)));
                        await GoOnAsync();
                        break;
                    case 8:
                        var made = await granting.CollectAsync(whom);
                        var (token, _) = await nation.Issuing.Offering.RedeemAsync((await nation.Issuing.Offering.FindAsync(made.Id))!.Offer.PreAuthorizedCode, null, null);
                        await nation.Issuing.Issuer.IssueAsync(token, await nation.Issuing.RequestAsync([TestWallet.NewKey()]));
                        break;
                    default:
                        if (Pick((await Decisions.OpenAsync(nation.Database)).ToList()) is { } question) await ApprovedAsync(deciding, question.Id, who);
                        break;
                }
            }
            catch (Refusal)
            {
                // Most calls are refused; what matters is what was done.
            }

            await SeeAsync();
        }

        public async Task EndAsync()
        {
            // Left alone, everything ends: no suspension, no appeal and no question is for ever.
            for (var month = 0; month < 4; month++)
            {
                nation.Time.Move(TimeSpan.FromDays(31));
                await GoOnAsync();
            }

            await SeeAsync();
            Assert.True(_appeals > 0, "the sequence held no appeal");
            Assert.Empty(await Appeals.OpenAsync(nation.Database));
            Assert.Empty(await Decisions.OpenAsync(nation.Database));
            foreach (var row in await Credentials.ListAsync(nation.Database)) Assert.False(row.RevokedAt is null && row.SuspendedUntil is not null && row.ResumedAt is null, "a suspension did not end");
        }

        private async Task GoOnAsync()
        {
            await nation.Deciding.GoOnAsync();
            await nation.AppealingElsewhere.GoOnAsync();
            await nation.Granting.GoOnAsync();
            await nation.Issuing.Suspensions.EndDueAsync();
        }

        /// <summary>Holds all that is there against the charter.</summary>
        private async Task SeeAsync()
        {
            var now = AppealingTests.Now(nation);
            var decisions = (await Decisions.NewestAsync(nation.Database, 1000)).ToDictionary(row => row.Id);
            foreach (var row in decisions.Values.Where(row => row.State == Decisions.Done && row.Act != Act.Admit))
            {
                var approvals = (await Approvals.OfAsync(nation.Database, row.Id)).ToHashSet();
                Assert.Subset(_approved[row.Id], approvals);
                Assert.DoesNotContain(row.MemberId!, approvals);
                var needed = row.Act switch { Act.SuspendAtOnce => 1, Act.Revoke => 4, _ => 3 };
                Assert.True(approvals.Count >= needed, $"{row.Act} was done by {approvals.Count} of {needed}");

                // Grounds, reasons, notice.
                if (row.Act is Act.Suspend or Act.Revoke or Act.SuspendAtOnce)
                {
                    var content = (await nation.Deciding.FindAsync(row.Id))!.Proposal!.Content;
                    Assert.Equal(("harm", "Why."), (content["ground"]!.GetValue<string>(), content["reason"]!.GetValue<string>()));
                    var notice = row.Act switch { Act.Suspend => 3, Act.Revoke => 21, _ => 0 };
                    if (notice > 0) Assert.True(row.EndedAt - row.ReachedAt >= notice * Day, $"{row.Act} had less than its notice");

                    // An appeal, or the time for one; or that is over.
                    var seen = (await nation.Appealing.OfAsync(row.MemberId!)).Single(one => one.Row.Id == row.Id);
                    Assert.Equal(row.EndedAt + (30 * Day), seen.AppealUntil!.Value.ToUnixTimeSeconds());
                }
            }

            // Who decided first decides on no appeal; and an appeal is decided by a quorum, or by its time alone.
            foreach (var appeal in await AppealsAsync())
            {
                var first = (await Approvals.OfAsync(nation.Database, appeal.DecisionId)).ToHashSet();
                foreach (var question in await Decisions.OfSubjectAsync(nation.Database, appeal.Id))
                    Assert.Empty((await Approvals.OfAsync(nation.Database, question.Id)).Intersect(first));
                var done = decisions.Values.Where(row => row.Subject == appeal.Id && row.State == Decisions.Done).Select(row => row.Act).ToList();
                Assert.Equal(appeal.State switch { Appeals.Upheld => [Act.UpholdAppeal], Appeals.Overturned => [Act.DecideAppeal], _ => (string[])[] }, done);
                if (appeal.State == Appeals.Fallen) Assert.True(appeal.EndedAt >= appeal.DecideUntil, "it fell before its time");
                Assert.True(appeal.State != Appeals.Open || appeal.DecideUntil > now - (31 * Day), "it is open beyond its time");
            }

            // Nothing is revoked, or given back, that nobody decided.
            foreach (var name in (string[])["fay", "kim"])
            {
                var about = decisions.Values.Where(row => row.MemberId == nation.People[name] && row.State == Decisions.Done).ToList();
                var records = await Credentials.ListAsync(nation.Database, nation.People[name]);
                Assert.True(records.All(row => row.RevokedAt is null) || about.Any(row => row.Act == Act.Revoke), "revoked without a decision");
                var undone = (await AppealsAsync()).Count(appeal => appeal.HasUndone() && decisions[appeal.DecisionId].Act == Act.Revoke && appeal.MemberId == nation.People[name]);
                Assert.True(records.Count - 1 <= about.Count(row => row.Act == Act.Reinstate) + undone, "a membership was given back without a decision");
            }
        }

        private async Task<IReadOnlyList<Appeals.Row>> AppealsAsync() =>
            [.. await Appeals.OfMemberAsync(nation.Database, nation.People["fay"]), .. await Appeals.OfMemberAsync(nation.Database, nation.People["kim"])];

        private async Task ProposedAsync(Deciding server, Proposal proposal, string who) => Called((await server.ProposeAsync(proposal, who)).Row.Id).Add(who);

        private async Task ApprovedAsync(Deciding server, string id, string who)
        {
            // Counted before it is known what came of it: the last approval is carried out in the same call.
            Called(id).Add(who);
            await server.ApproveAsync(id, who);
        }

        private HashSet<string> Called(string id) => _approved.TryGetValue(id, out var called) ? called : _approved[id] = [];

        private T? Pick<T>(List<T> all)
            where T : class => all.Count == 0 ? null : all[_random.Next(all.Count)];
    }
}
