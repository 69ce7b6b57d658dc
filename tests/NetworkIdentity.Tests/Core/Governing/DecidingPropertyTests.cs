using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Governing;

/// <summary>
/// I11: whatever people of every role call, in whatever order, nothing is done that fewer than the quorum approved of. What may be is told by a small model of its own, which knows the
/// charter's numbers and who was given which mandate, and nothing of the code that counts.
/// </summary>
public sealed class DecidingPropertyTests
{
    private static readonly string[] Names = ["ana", "ben", "cyd", "dee", "eve", "fay"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task I11_no_sequence_of_calls_by_fewer_than_the_quorum_does_anything(int seed)
    {
        await using var nation = await TestGovernment.GovernedAsync();
        var model = new Model(nation, seed);
        await model.BeginAsync();
        for (var step = 0; step < 160; step++) await model.StepAsync();
        await model.CheckAsync();
    }

    private sealed class Model(TestGovernment nation, int seed)
    {
        private readonly Random _random = new(seed);
        private readonly Dictionary<string, HashSet<string>> _approved = [];
        private readonly Dictionary<string, (string Act, string? About)> _decisions = [];
        private readonly Dictionary<string, string> _guardians = [];
        private readonly HashSet<string> _done = [];
        private readonly Dictionary<string, HashSet<string>> _mandates = [];
        private readonly HashSet<string> _revoked = [];
        private readonly Dictionary<string, string?> _nodeOf = [];
        private readonly Dictionary<string, HashSet<string>> _atNode = [];
        private int _nodes;
        private int _charters;

        public async Task BeginAsync()
        {
            // What the founder gave: every mandate to five, and to fay none.
            foreach (var name in Names[..5]) _mandates[nation.People[name]] = [.. Act.All];
            _mandates[nation.People["fay"]] = [];
            foreach (var row in await Members.AllAsync(nation.Database)) _nodeOf[row.Id] = row.NodeId;

            // Roles of every sort: one has a mandate of a node alone, and one or two lack an act or more.
            var ofNode = nation.People[Names[_random.Next(2, 5)]];
            (_atNode[ofNode], _mandates[ofNode]) = (_mandates[ofNode], []);
            await ChangeAsync("UPDATE steward SET node_id = (SELECT node_id FROM member WHERE id = @id) WHERE member_id = @id", ofNode);
            foreach (var name in Names[..2])
            {
                var acts = Act.All.Where(_ => _random.Next(4) > 0).Append(Act.Admit).ToHashSet();
                _mandates[nation.People[name]] = acts;
                await ChangeAsync("UPDATE steward SET acts = @acts WHERE member_id = @id", nation.People[name], System.Text.Json.JsonSerializer.Serialize(acts.Order(StringComparer.Ordinal)));
            }

            _nodes = (await Node.AllAsync(nation.Database)).Count;
            _charters = (await Charters.AllAsync(nation.Database)).Count;
        }

        public async Task StepAsync()
        {
            var who = nation.People[Names[_random.Next(Names.Length)]];
            var server = _random.Next(2) == 0 ? nation.Deciding : nation.Elsewhere;
            try
            {
                switch (_random.Next(18))
                {
                    case 0:
                        await ProposedAsync(server.ProposeAsync(Proposal.AddNode($"Node {_random.Next(4)}", "Europe"), who), who);
                        break;
                    case 1:
                        await ProposedAsync(server.ProposeAsync(Proposal.Revoke(Someone(), "harm", "Why."), who), who);
                        break;
                    case 2:
                        await ProposedAsync(server.ProposeAsync(Proposal.Appoint(Someone(), null, [Act.AddNode, Act.Revoke], DateOnly.FromDateTime(nation.Time.GetUtcNow().UtcDateTime).AddDays(300)), who), who);
                        break;
                    case 3:
                        await ProposedAsync(server.ProposeAsync(Proposal.ChangeCharter(CharterTests.Changed($"v{_random.Next(3)}")), who), who);
                        break;
                    case 4 when _approved.Count > 0:
                        await server.TakeBackAsync(Pick(), who);
                        break;
                    case 5 when _approved.Count > 0:
                        await server.WithdrawAsync(Pick(), who);
                        break;
                    case 6:
                        nation.Time.Move(TimeSpan.FromDays(_random.Next(1, 9)));
                        await server.GoOnAsync();
                        break;
                    case 8:
                        await ProposedAsync(server.ProposeAsync(Proposal.RotateKeys("credential", _random.Next(2) == 0, "Why."), who), who);
                        break;
                    case 9:
                        await ProposedAsync(server.ProposeAsync(Proposal.Issue(Someone(), CredentialType.Personhood, "Why."), who), who);
                        break;
                    case 10:
                        await ProposedAsync(server.ProposeAsync(Proposal.NameGuardian(Someone(), Someone(), DateOnly.FromDateTime(nation.Time.GetUtcNow().UtcDateTime).AddDays(100), "Why."), who), who);
                        break;
                    case 7:
                        // A lone administrator, with everything that the command line has.
                        await LoneAsync();
                        break;
                    default:
                        if (_approved.Count > 0) await ApproveAsync(server, Pick(), who);
                        break;
                }
            }
            catch (Refusal)
            {
                // Most calls are refused; what matters is what was done.
            }

            await SeeAsync();
        }

        public async Task CheckAsync()
        {
            // Everything that changed rests on a decision that was seen, and no more was done than decided.
            int Done(string act) => _done.Count(id => _decisions[id].Act == act);
            Assert.True((await Node.AllAsync(nation.Database)).Count - _nodes <= Done(Act.AddNode));
            Assert.Equal(Done(Act.ChangeCharter), (await Charters.AllAsync(nation.Database)).Count - _charters);
            foreach (var row in (await Credentials.ListAsync(nation.Database)).Where(row => row.RevokedAt is not null)) Assert.Contains(row.MemberId, _revoked);
            Assert.Subset(_done, nation.Issuing.Query<string>("SELECT DISTINCT actor FROM journal WHERE act IN ('rotate_keys', 'grant', 'name_guardian')").ToHashSet());
            Assert.Subset(_done, nation.Issuing.Query<string>("SELECT id FROM guardianship").ToHashSet());
            Assert.Equal("governed", (await Nations.FindAsync(nation.Database))!.Phase);
        }

        private async Task ProposedAsync(Task<Decision> proposing, string who)
        {
            var decision = await proposing;
            _decisions[decision.Row.Id] = (decision.Row.Act, decision.Row.MemberId);
            if (decision.Proposal?.Content["guardian"] is { } guardian) _guardians[decision.Row.Id] = (string)guardian!;
            _approved[decision.Row.Id] = [who];
        }

        private async Task ApproveAsync(Deciding server, string id, string who)
        {
            // Counted before it is known what came of it: the last approval is carried out in the same call.
            var isNew = _approved[id].Add(who);
            try
            {
                await server.ApproveAsync(id, who);
            }
            catch (Refusal) when (isNew)
            {
                if (!(await Approvals.OfAsync(nation.Database, id)).Contains(who)) _approved[id].Remove(who);
                throw;
            }
        }

        private async Task LoneAsync()
        {
            switch (_random.Next(4))
            {
                case 0: await Node.AddAsync(nation.Database, nation.Time, "Alone", "Nowhere"); break;
                case 1: await Rules.AdoptAsync(nation.Database, nation.Time, CharterTests.Changed("alone")); break;
                case 2: await nation.Issuing.Revoker.RevokeAsync((await Credentials.ListAsync(nation.Database))[0].Id, "Alone."); break;
                default: await nation.Issuing.TokenAsync(); break;
            }

            Assert.Fail("one person did it");
        }

        /// <summary>Holds what was carried out against the model.</summary>
        private async Task SeeAsync()
        {
            foreach (var row in await Decisions.NewestAsync(nation.Database, 1000))
            {
                if (row.State != Decisions.Done || !_done.Add(row.Id)) continue;
                var (act, about) = _decisions[row.Id];
                var stored = await Approvals.OfAsync(nation.Database, row.Id);
                Assert.Equal(stored.Count, stored.Distinct().Count());
                Assert.Subset(_approved[row.Id], stored.ToHashSet());
                var counted = stored.Where(id => id != about && _guardians.GetValueOrDefault(row.Id) != id && !_revoked.Contains(id) && MayDecide(id, act, about)).ToList();
                var eligible = nation.People.Values.Count(id => !_revoked.Contains(id));
                var needed = act switch { Act.ChangeCharter => Math.Max(5, (eligible * 60 + 99) / 100), Act.Appoint or Act.RotateKeys => 3, Act.Issue or Act.NameGuardian => 2, _ => 4 };
                Assert.True(counted.Count >= needed, $"{act} was done by {counted.Count} of {needed}");
                if (act == Act.Appoint) _mandates[about!].UnionWith([Act.AddNode, Act.Revoke]);
                if (act == Act.Revoke)
                {
                    _revoked.Add(about!);
                    _mandates[about!].Clear();
                    _atNode.Remove(about!);
                }
            }
        }

        /// <summary>By the charter's words: every member, a steward of the nation, or for what is decided at a member's node also a steward of it.</summary>
        private bool MayDecide(string id, string act, string? about) => act switch
        {
            Act.ChangeCharter => true,
            Act.NameGuardian => IsNear(id, about!, Act.Rebind),
            Act.Issue => IsNear(id, about!, act),
            _ => _mandates[id].Contains(act),
        };

        private bool IsNear(string id, string about, string act) => _mandates[id].Contains(act) || (_atNode.GetValueOrDefault(id)?.Contains(act) == true && _nodeOf[id] == _nodeOf[about]);

        private async Task ChangeAsync(string sql, string id, string acts = "") => Assert.Null(await nation.Database.CommitAsync(new Statement(sql, new { id, acts })));

        private string Pick() => _approved.Keys.ElementAt(_random.Next(_approved.Count));

        private string Someone() => nation.People[Names[_random.Next(Names.Length)]];
    }
}
