using System.Diagnostics;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Faults;

/// <summary>A process of its own that commits acts and says of each that it is kept, until it is done or killed.</summary>
internal static class WritingChild
{
    public const string Verb = "--write-until-killed";

    /// <summary>In the child: each act is two rows, and a line on the output after its commit.</summary>
    public static async Task<int> RunAsync(string file, int acts, int writers)
    {
        await using var output = Console.OpenStandardOutput();
        var saying = new Lock();
        await using var database = Database.Open($"Data Source={file}", TimeProvider.System);
        var left = acts;
        await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var id = RandomId.New();
                if (await database.CommitAsync(Spent.Use("fault", id, 1), Journal.Write("fault", id, "child", null, 1)) is { } broken)
                    throw new InvalidOperationException(broken);
                lock (saying) output.Write(System.Text.Encoding.ASCII.GetBytes(id + "\n"));
            }
        })));
        return 0;
    }

    /// <summary>In the test: starts the child, under a command that comes before it where one is given.</summary>
    public static Process Start(string file, int acts, int writers, params string[] under)
    {
        string[] command = [.. under, Path.Combine(AppContext.BaseDirectory, "NetworkIdentity.Tests"), Verb, file, acts.ToString(), writers.ToString()];
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in command[1..]) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    /// <summary>What the child said is kept: whole lines alone.</summary>
    public static async Task<List<string>> SaidAsync(Process child) => [.. Lines(await child.StandardOutput.ReadToEndAsync())];

    /// <summary>All that was said is there, every act is whole, and the file is sound; returns how many acts there are.</summary>
    public static long HoldsAll(string file, IEnumerable<string> said)
    {
        using var connection = TestStore.Connect($"Data Source={file}");
        Assert.Equal("ok", Scalar("PRAGMA integrity_check"));
        var kept = Ids("SELECT id FROM spent WHERE kind = 'fault'");
        Assert.Equal(kept.Order(), Ids("SELECT subject FROM journal WHERE act = 'fault'").Order());
        Assert.Empty(said.Except(kept));
        return kept.Count;

        object? Scalar(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            return command.ExecuteScalar();
        }

        HashSet<string> Ids(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            using var reader = command.ExecuteReader();
            var ids = new HashSet<string>();
            while (reader.Read()) Assert.True(ids.Add(reader.GetString(0)));
            return ids;
        }
    }

    private static string[] Lines(string text) => text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
