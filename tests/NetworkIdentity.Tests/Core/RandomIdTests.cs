namespace NetworkIdentity.Tests.Core;

/// <summary>Ids lie in the order in which they were made, and are no less random for it.</summary>
public sealed class RandomIdTests
{
    [Fact]
    public async Task An_id_made_later_comes_later()
    {
        var ids = Enumerable.Range(0, 10_000).Select(_ => RandomId.New()).ToList();
        await Task.Delay(40, TestContext.Current.CancellationToken);
        ids.Add(RandomId.New());
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.All(ids, id => Assert.True(RandomId.IsOne(id), id));

        // Of many threads too: no two are of one moment.
        var together = new System.Collections.Concurrent.ConcurrentBag<string>();
        Parallel.For(0, 10_000, _ => together.Add(RandomId.New()));
        Assert.Equal(together.Count, together.Select(id => id[..10]).Distinct().Count());
        Assert.All(together, id => Assert.True(string.CompareOrdinal(id, ids[^1]) > 0));
    }

    [Fact]
    public void Ids_of_one_moment_differ_in_all_that_follows_the_time()
    {
        var ids = Enumerable.Range(0, 10_000).Select(_ => RandomId.New()).ToList();
        Assert.Equal(ids.Count, ids.Select(id => id[10..]).Distinct().Count());

        // Each of the 32 letters stands at each of the 16 places: some 312 times, and never half or twice that.
        for (var at = 10; at < 26; at++)
            Assert.All(ids.GroupBy(id => id[at]).Select(group => group.Count()), count => Assert.InRange(count, 200, 440));
    }
}
