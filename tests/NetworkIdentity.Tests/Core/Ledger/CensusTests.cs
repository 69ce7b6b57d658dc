using FsCheck;
using FsCheck.Fluent;
using NetworkIdentity.Ledger;

namespace NetworkIdentity.Tests.Core.Ledger;

public sealed class CensusTests
{
    private const int K = 10;

    private static readonly string[] Types = ["membership", "residency"];
    private static readonly string[] Nodes = ["austin", "lisbon", "porto"];

    [Fact]
    public void Whichever_two_censuses_are_compared_the_people_behind_a_number_are_the_same_or_k_differ() => ForAnyHistory(history =>
    {
        var (census, behind) = (new Census(), new Dictionary<(string, string), List<HashSet<string>>>());
        foreach (var people in history)
        {
            census.Next(Taken(), people);
            foreach (var type in Types)
            {
                foreach (var node in Nodes.Append(Census.Elsewhere))
                {
                    if (!behind.TryGetValue((type, node), out var sets)) behind[(type, node)] = sets = [[]];
                    var now = census.Behind(type, node).ToHashSet();
                    foreach (var before in sets)
                    {
                        var differ = before.Except(now).Count() + now.Except(before).Count();
                        Assert.True(differ is 0 or >= K, $"{type} at {node}: {differ} people differ");
                    }

                    sets.Add(now);
                }
            }
        }
    });

    [Fact]
    public void The_same_people_make_one_number_and_no_second_whatever_k_has_become() => ForAnyHistory(history =>
    {
        var (census, said, at) = (new Census(), new Dictionary<string, long?>(), 0);
        foreach (var people in history)
        {
            // k grows each third time.
            foreach (var cell in census.Next(Taken() with { K = K + (5 * (at++ / 3)) }, people))
            {
                var set = $"{cell.Type} {cell.Node}: {string.Join(',', census.Behind(cell.Type, cell.Node).Order(StringComparer.Ordinal))}";
                if (!said.TryAdd(set, cell.AtLeast)) Assert.Equal(said[set], cell.AtLeast);
            }
        }
    });

    [Fact]
    public void Where_k_has_grown_a_number_stays_until_as_many_have_moved_as_it_is_now()
    {
        var census = new Census();
        var first = Members(census, People(40));
        Assert.Equal(first, Members(census, People(54), k: 15));
        Assert.Equal(Census.NumberOf(15, [.. People(55).Select(person => person.Key)]), Members(census, People(55), k: 15));
    }

    [Fact]
    public void A_number_is_of_k_people_at_least_never_more_than_there_were_and_near_to_those_that_there_are() => ForAnyHistory(history =>
    {
        var census = new Census();
        foreach (var people in history)
        {
            foreach (var cell in census.Next(Taken(), people))
            {
                var behind = census.Behind(cell.Type, cell.Node);
                if (cell.AtLeast is { } number) Assert.True(number >= K && number % K == 0 && number <= behind.Count && number > behind.Count - (2 * K) + 1, $"{number} of {behind.Count}");
                else Assert.InRange(behind.Count, 0, (2 * K) - 2);
                if (cell.Node == Census.Elsewhere) continue;
                var there = people.Where(person => person.Node == cell.Node && person.Types.Contains(cell.Type)).Select(person => person.Key).ToList();
                Assert.InRange(there.Except(behind).Count() + behind.Except(there).Count(), 0, K - 1);
            }
        }
    });

    [Fact]
    public void Where_those_are_who_are_in_a_place_that_is_not_shown_can_not_be_solved_from_what_is() => ForAnyHistory(history =>
    {
        // Whoever is in a node that is never shown may as well be in none, or in another such node.
        var shown = Count(history).SelectMany(cells => cells).Where(cell => cell.AtLeast is not null).Select(cell => cell.Node).ToHashSet();
        var hidden = Nodes.Except(shown).ToList();
        var moved = history.Select(people => (IReadOnlyList<CensusRoll.Person>)[.. people.Select(person => hidden.Contains(person.Node!) ? person with { Node = null } : person)]).ToList();
        Assert.Equal(Count(history).SelectMany(cells => cells), Count(moved).SelectMany(cells => cells));
    });

    [Fact]
    public void The_same_history_gives_the_same_numbers_in_whatever_order_people_are_read() => ForAnyHistory(history =>
        Assert.Equal(Count(history).SelectMany(cells => cells), Count([.. history.Select(people => (IReadOnlyList<CensusRoll.Person>)[.. people.Reverse()])]).SelectMany(cells => cells)));

    [Fact]
    public void Nine_who_come_one_after_the_other_move_nothing_and_the_tenth_does()
    {
        var census = new Census();
        var numbers = new List<long?>();
        for (var count = 40; count <= 50; count++) numbers.Add(Members(census, People(count)));
        Assert.Single(numbers.Take(10).Distinct());
        Assert.Equal(Census.NumberOf(K, [.. People(50).Select(person => person.Key)]), numbers[10]);
    }

    [Fact]
    public void Who_left_and_came_back_brings_the_number_back_that_was_made_of_nearly_the_same_people()
    {
        var census = new Census();
        var first = Members(census, People(40));
        Members(census, People(80));

        // One less than at first: no number of 39 is made, which could be held against that of 40.
        Assert.Equal(first, Members(census, People(39)));
        Assert.Equal(40, census.Behind("membership", "lisbon").Count);
    }

    [Fact]
    public void Where_several_former_sets_are_near_the_nearest_stands_in()
    {
        var census = new Census();
        Members(census, People(40));
        Members(census, People(50));
        Members(census, People(90));
        Members(census, People(48));
        Assert.Equal(50, census.Behind("membership", "lisbon").Count);
        Members(census, People(42));
        Assert.Equal(50, census.Behind("membership", "lisbon").Count);
        Members(census, People(90));
        Members(census, People(42));
        Assert.Equal(40, census.Behind("membership", "lisbon").Count);
    }

    [Fact]
    public void Who_knows_all_but_one_can_not_reckon_what_one_more_makes_of_the_number()
    {
        // Of 29 others and one whose key is not known, a plain count in tens would always say 30 with them, and 20 without.
        var others = People(29).Select(person => person.Key).ToList();
        var with = Enumerable.Range(0, 200).Select(one => Census.NumberOf(K, [.. others, $"unknown {one}"])).ToList();
        Assert.InRange(with.Count(number => number == 20), 150, 199);
        Assert.Equal([20, 30], with.Distinct().Order());
    }

    [Fact]
    public void The_same_people_make_the_same_number_in_every_cell()
    {
        var census = new Census();
        var cells = census.Next(Taken(), People(33));
        Assert.Equal(cells.Single(cell => cell is { Type: "membership", Node: "lisbon" }).AtLeast, cells.Single(cell => cell is { Type: "residency", Node: "lisbon" }).AtLeast);
    }

    [Fact]
    public void Who_is_in_a_node_that_is_not_shown_is_counted_elsewhere()
    {
        // Seven in each of three nodes, and seven in none.
        var people = Enumerable.Range(0, 28).Select(one => Person(one, (one % 4) switch { 3 => null, var node => Nodes[node] })).ToList();
        var cells = new Census().Next(Taken(), people).Where(cell => cell.Type == "membership").ToList();
        Assert.All(cells[..3], cell => Assert.Null(cell.AtLeast));
        Assert.Equal(Census.NumberOf(K, [.. people.Select(person => person.Key)]), cells[3].AtLeast);
        Assert.NotNull(cells[3].AtLeast);
    }

    private static long? Members(Census census, IReadOnlyList<CensusRoll.Person> people, int k = K) => census.Next(Taken() with { K = k }, people).Single(cell => cell is { Type: "membership", Node: "lisbon" }).AtLeast;

    private static Census.Taken Taken() => new(0, 0, K, Types, Nodes);

    private static List<IReadOnlyList<Census.Cell>> Count(IReadOnlyList<IReadOnlyList<CensusRoll.Person>> history)
    {
        var census = new Census();
        return [.. history.Select(people => census.Next(Taken(), people))];
    }

    private static List<CensusRoll.Person> People(int count) => [.. Enumerable.Range(0, count).Select(one => Person(one, "lisbon"))];

    private static CensusRoll.Person Person(int one, string? node, bool isResident = true) => new($"key {one}", node, isResident ? Types.ToHashSet() : new HashSet<string> { "membership" });

    /// <summary>Histories of twelve censuses, in which people come, go, move and take a residency: few at a time, or many.</summary>
    private static void ForAnyHistory(Action<IReadOnlyList<IReadOnlyList<CensusRoll.Person>>> holds) => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var random = new System.Random(seed);
        var people = Enumerable.Range(0, random.Next(90)).ToDictionary(one => one, one => Person(one, Place(), random.Next(2) == 0));
        var history = new List<IReadOnlyList<CensusRoll.Person>>();
        for (var at = 0; at < 12; at++)
        {
            history.Add([.. people.Values]);
            for (var moves = random.Next(random.Next(2) == 0 ? 4 : 40); moves > 0; moves--)
            {
                // Most who come have been here: so what was comes back, but for a few.
                var one = random.Next(120);
                if (random.Next(3) > 0 || !people.Remove(one)) people[one] = Person(one, Place(), random.Next(2) == 0);
            }
        }

        holds(history);

        string? Place() => random.Next(10) switch { < 5 => "lisbon", < 8 => "austin", 8 => "porto", _ => null };
    }).QuickCheckThrowOnFailure();
}
