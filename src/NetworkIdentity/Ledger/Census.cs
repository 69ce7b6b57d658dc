using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace NetworkIdentity.Ledger;

/// <summary>The numbers of the censuses of a nation: members by type and node, so that nobody can be told from them (decision 0057).</summary>
/// <remarks>
/// <para>1. A number is made of a set of people, once, with the k of then. It stays as long as fewer than k have come to that set or gone from it. Then the people are taken anew; where a set that a number of this cell was
/// made of before differs from them by fewer than k, that one stands in for them. So the sets behind the numbers of a cell, whichever two censuses are compared, are one or differ by k people or
/// more. Each cell begins with nobody. Fewer than k of those whom a number was made of may have gone since.</para>
/// <para>2. The number is the largest multiple of k that is not above the count less an offset of 0 to k-1. The offset follows from the keys of those people, which nobody outside knows: the same people
/// make the same number, and who knows all of them but one can't reckon what one more would make of it. Where that is less than k the cell is suppressed.</para>
/// <para>3. Who is in a node whose number is suppressed, and who is in none, is counted as elsewhere. There is no other total than the sum of what is shown.</para>
/// </remarks>
public sealed class Census
{
    /// <summary>What a statement's <c>rule</c> says.</summary>
    public const string Rule = "urn:network-identity:census:1";

    /// <summary>The smallest k, and the one where no charter says another.</summary>
    public const int LeastK = 10;

    /// <summary>The cell of those who are in no node that is shown.</summary>
    public const string Elsewhere = "elsewhere";

    /// <summary>The fewest days that lie between two, as the schema of charters has it.</summary>
    public const int LeastDays = 7;

    /// <summary>How far apart two censuses are where no charter says it.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromDays(30);

    private readonly Dictionary<(string Type, string Node), Bases> _cells = [];

    /// <summary>A number.</summary>
    /// <param name="Type">The type of credential.</param>
    /// <param name="Node">The id of a node, or <see cref="Elsewhere"/>.</param>
    /// <param name="AtLeast">How many there were, at least, when the number was made: fewer than k of them may have gone since. Null where that is suppressed: there were few, or none.</param>
    public sealed record Cell(string Type, string Node, long? AtLeast);

    /// <summary>What a census of a series counts.</summary>
    /// <param name="Size">The leaves that it rests on: the first so many of the log.</param>
    /// <param name="At">Unix seconds: when what is counted is in force.</param>
    /// <param name="K">Of how many people a number speaks at least.</param>
    /// <param name="Types">The types.</param>
    /// <param name="Nodes">The ids of the nodes.</param>
    public sealed record Taken(long Size, long At, int K, IReadOnlyList<string> Types, IReadOnlyList<string> Nodes);

    /// <summary>Counts a series from the beginning, since what a census may say follows from those before it.</summary>
    /// <param name="leaves">The leaves, in the log's order.</param>
    /// <param name="series">The censuses, in their order.</param>
    /// <returns>The cells of each.</returns>
    public static IReadOnlyList<IReadOnlyList<Cell>> Count(IEnumerable<CensusLeaf> leaves, IEnumerable<Taken> series)
    {
        var (census, roll, cells) = (new Census(), new CensusRoll(), new List<IReadOnlyList<Cell>>());
        using var next = leaves.GetEnumerator();
        var isMore = next.MoveNext();
        foreach (var taken in series)
        {
            for (; isMore && next.Current.Index < taken.Size; isMore = next.MoveNext()) roll.Add(next.Current);
            cells.Add(census.Next(taken, roll.At(taken.At)));
        }

        return cells;
    }

    /// <summary>The next census.</summary>
    /// <param name="taken">What it counts.</param>
    /// <param name="people">Who belongs.</param>
    public IReadOnlyList<Cell> Next(Taken taken, IReadOnlyList<CensusRoll.Person> people)
    {
        var cells = new List<Cell>();
        foreach (var type in taken.Types)
        {
            var holders = people.Where(person => person.Types.Contains(type)).ToList();
            var shown = new HashSet<string>(StringComparer.Ordinal);
            foreach (var node in taken.Nodes)
            {
                var number = Number(taken.K, type, node, holders.Where(person => person.Node == node));
                if (number is not null) shown.Add(node);
                cells.Add(new(type, node, number));
            }

            cells.Add(new(type, Elsewhere, Number(taken.K, type, Elsewhere, holders.Where(person => person.Node is null || !shown.Contains(person.Node)))));
        }

        return cells;
    }

    /// <summary>The number that a set of people makes.</summary>
    public static long? NumberOf(int k, IReadOnlyCollection<string> keys)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', keys.Order(StringComparer.Ordinal))));
        var offset = BinaryPrimitives.ReadUInt32BigEndian(digest) % (uint)k;
        var number = (keys.Count - offset) / k * k;
        return number >= k ? number : null;
    }

    /// <summary>The people whom the number of a cell speaks of, by their keys: as they were when it was made.</summary>
    internal IReadOnlySet<string> Behind(string type, string node) => _cells[(type, node)].Standing.People;

    private long? Number(int k, string type, string node, IEnumerable<CensusRoll.Person> people)
    {
        if (!_cells.TryGetValue((type, node), out var bases)) _cells[(type, node)] = bases = new Bases(k);
        var moved = bases.Move(k, people.Select(person => person.Key).ToHashSet(StringComparer.Ordinal));
        return NumberOf(moved.K, moved.People);
    }

    /// <summary>People of whom a number was made, and the k that it was made with: with another they would make a second number, and both together tell more than each.</summary>
    private sealed record Base(int K, HashSet<string> People);

    /// <summary>The sets of people that the numbers of a cell were made of. The last in the list stands.</summary>
    private sealed class Bases(int k)
    {
        private readonly List<Base> _sets = [new(k, [])];

        public Base Standing => _sets[^1];

        public Base Move(int k, HashSet<string> now)
        {
            // Of those that are nearer than k the one that stands, else the nearest, of which the last that stood.
            var near = Enumerable.Range(1, _sets.Count).Select(back => (Set: _sets[^back], Back: back, Distance: DistanceOf(_sets[^back].People, now))).Where(one => one.Distance < k).ToList();
            var set = near is [{ Back: 1 }, ..] ? near[0].Set : near.Count == 0 ? new(k, now) : near.MinBy(one => one.Distance).Set;
            _sets.Remove(set);
            _sets.Add(set);
            return set;
        }

        /// <summary>How many are in one of two sets and not in the other.</summary>
        private static int DistanceOf(HashSet<string> one, HashSet<string> other)
        {
            var both = one.Count(other.Contains);
            return one.Count - both + other.Count - both;
        }
    }
}
