using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Governing;

/// <summary>
/// I11 of a lost wallet: whatever people call, in whatever order, on two servers, nobody's credentials are replaced unless three whom they named attested, two other stewards approved, three days
/// passed since, and the member did not object. What was called is kept by a small model of its own, which knows these numbers and nothing of the code that counts.
/// </summary>
public sealed class RecoveringPropertyTests
{
    private static readonly string[] Names = ["ana", "ben", "cyd", "dee", "eve", "fay"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task I11_no_sequence_of_calls_replaces_a_wallet_without_those_who_must_agree(int seed)
    {
        await using var nation = await NamingTests.NamedAsync("ana", "ben", "cyd", "dee");
        var model = new Model(nation, seed);
        for (var step = 0; step < 200 || (step < 1500 && !model.HasSeenAnEnd); step++) await model.StepAsync();
        await model.CheckAsync();
    }

    private sealed class Model(TestGovernment nation, int seed)
    {
        private static readonly string[] Circle = Names[..4];

        private readonly Random _random = new(seed);
        private readonly Dictionary<string, Recovering.Begun> _begun = [];
        private readonly Dictionary<string, HashSet<string>> _attested = [];
        private readonly Dictionary<string, string> _recoveryOf = [];
        private readonly Dictionary<string, Dictionary<string, DateTimeOffset>> _approved = [];
        private readonly HashSet<string> _done = [];
        private DateTimeOffset _objected = DateTimeOffset.MinValue;

        /// <summary>Whether a wallet was replaced in this run: one in which none is says nothing.</summary>
        public bool HasSeenAnEnd => _done.Count > 0;

        public async Task StepAsync()
        {
            var name = Names[_random.Next(Names.Length)];
            var who = nation.People[name];
            var server = _random.Next(2) == 0 ? nation.Recovering : nation.RecoveringElsewhere;
            try
            {
                switch (_random.Next(16))
                {
                    case 0 when _random.Next(2) == 0:
                        var begun = await server.BeginAsync(await server.OpenAsync(who, nation.People["fay"]));
                        Assert.Contains(name, Circle);
                        (_begun[begun.Id], _attested[begun.Id]) = (begun, []);
                        break;
                    case 2 when _random.Next(12) == 0:
                        await server.ObjectAsync(nation.People["fay"]);
                        _objected = nation.Time.GetUtcNow();
                        break;
                    case 3 when _random.Next(6) == 0 && Any() is { } taken:
                        await server.TakeBackAsync(Recovering.CodeOf(taken.Secret), who);
                        _attested[taken.Id].Remove(name);
                        break;
                    case 4 or 5:
                        nation.Time.Move(TimeSpan.FromHours(_random.Next(1, 40)));
                        await nation.Deciding.GoOnAsync();
                        await server.GoOnAsync();
                        break;
                    case 6 or 7 or 8 when Any() is { } ready:
                        await TakeAsync(await server.CollectAsync(ready.Secret), ready);
                        break;
                    case 9 or 10 or 11:
                        foreach (var question in await nation.Deciding.ForAsync(who))
                        {
                            _recoveryOf[question.Row.Id] = question.Row.Subject;
                            _approved.TryAdd(question.Row.Id, []);
                            _approved[question.Row.Id].TryAdd(name, nation.Time.GetUtcNow());
                            await nation.Elsewhere.ApproveAsync(question.Row.Id, who);
                        }

                        break;
                    default:
                        if (Any() is not { } asked) break;
                        await server.AttestAsync(Recovering.CodeOf(asked.Secret), who);
                        _attested[asked.Id].Add(name);
                        break;
                }
            }
            catch (Refusal)
            {
                // Most calls are refused; what matters is what was done.
            }

            var standing = (await Credentials.ListAsync(nation.Database, nation.People["fay"])).Where(row => row.RevokedAt is null);
            Assert.Single(standing);
        }

        public async Task CheckAsync()
        {
            Assert.True(HasSeenAnEnd, "nothing came to its end in this run");
            Assert.Equal(_done.Count, (await nation.Recovering.OfMemberAsync(nation.People["fay"])).Count(row => row.State == Recoveries.Done));
            Assert.Equal(_done.Count + 1, (await Credentials.ListAsync(nation.Database, nation.People["fay"])).Count);
        }

        private async Task TakeAsync(Offering.Made made, Recovering.Begun begun)
        {
            var shown = (await nation.Issuing.Offering.FindAsync(made.Id))!;
            var (token, _) = await nation.Issuing.Offering.RedeemAsync(shown.Offer.PreAuthorizedCode, made.TransactionCode, null);
            await nation.Issuing.Issuer.IssueAsync(token, await nation.Issuing.RequestAsync([TestWallet.NewKey()]));
            Assert.True(_done.Add(begun.Id), "it was done twice");
            var attested = _attested[begun.Id];
            Assert.True(attested.Count >= 3 && attested.All(Circle.Contains), $"{string.Join(", ", attested)} attested");
            var decided = _approved.Where(one => _recoveryOf[one.Key] == begun.Id).Select(one => one.Value.Where(approval => !attested.Contains(approval.Key) && approval.Key != "fay").ToList());
            Assert.Contains(decided, approvals => approvals.Count >= 2 && approvals.All(approval => approval.Value <= nation.Time.GetUtcNow() - TimeSpan.FromDays(3)));
            Assert.True((await Recoveries.FindAsync(nation.Database, begun.Id))!.OpenedAt >= _objected.ToUnixTimeSeconds(), "the member had objected");
        }

        private Recovering.Begun? Any() => _begun.Count == 0 ? null : _begun.Values.ElementAt(_random.Next(Math.Max(0, _begun.Count - 2), _begun.Count));
    }
}
