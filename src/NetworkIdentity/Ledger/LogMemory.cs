using NetworkIdentity.Standards;
using NetworkIdentity.Standards.TransparencyLog;

namespace NetworkIdentity.Ledger;

/// <summary>Remembers in a file how far a log had come, the public one or a DID's, so that a database which was put back to an earlier day is seen (F10), and another branch.</summary>
/// <param name="file">The file: the last checkpoint that this server published, or the name of the DID's last version, or what a witness approved.</param>
public sealed class LogMemory(string file)
{
    /// <summary>What is remembered; null where nothing is.</summary>
    internal string? Read() => File.Exists(file) ? File.ReadAllText(file) : null;

    /// <summary>Remembers. The bytes are on the disk before they take the name of those before.</summary>
    public void Keep(string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);

        // A draft of its own, since the server and a command beside it may both write; on the disk before it takes the name, since an empty file would refuse the start.
        var draft = $"{file}.{RandomId.New()}";
        using (var writing = new FileStream(draft, FileMode.CreateNew))
        {
            writing.Write(System.Text.Encoding.UTF8.GetBytes(text));
            writing.Flush(flushToDisk: true);
        }

        File.Move(draft, file, overwrite: true);
    }

    /// <summary>Forgets: the log begins anew.</summary>
    public void Forget() => File.Delete(file);

    /// <summary>Holds the tree against what is remembered.</summary>
    /// <exception cref="Refusal">Malformed: the tree is smaller than it was, or another one.</exception>
    internal static async Task CheckAsync(string checkpoint, string origin, IReadOnlyList<NoteKey> keys, long size, TileReader tiles)
    {
        var last = Checkpoint.Open(checkpoint, origin, keys);
        if (last.Size > size)
            throw Refusal.Malformed($"it had {last.Size} leaves, and the database has {size}: this is an older state of it. If it was put back on purpose: netid restore");
        if (!(await MerkleTree.RootOfAsync(last.Size, tiles)).AsSpan().SequenceEqual(last.Root.Span))
            throw Refusal.Malformed($"its first {last.Size} leaves are not those that were published before");
    }
}
