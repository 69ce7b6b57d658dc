using System.Buffers.Binary;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>Reads SQLite's write-ahead log, whose format is fixed: https://www.sqlite.org/fileformat2.html#walformat.</summary>
internal static class WriteAheadLog
{
    private const int HeaderLength = 32;
    private const int FrameHeaderLength = 24;

    /// <summary>How many commits the log of a database holds: frames that say how large the database is after them.</summary>
    public static int Commits(string database)
    {
        using var file = new FileStream(database + "-wal", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var log = new byte[file.Length];
        file.ReadExactly(log);
        if (log.Length < HeaderLength) return 0;

        var pageSize = BinaryPrimitives.ReadInt32BigEndian(log.AsSpan(8));
        var commits = 0;
        for (var at = HeaderLength; at + FrameHeaderLength + pageSize <= log.Length; at += FrameHeaderLength + pageSize)
        {
            // Frames of another salt were left over by an earlier run through the file.
            if (!log.AsSpan(at + 8, 8).SequenceEqual(log.AsSpan(16, 8))) break;
            if (BinaryPrimitives.ReadInt32BigEndian(log.AsSpan(at + 4)) != 0) commits++;
        }

        return commits;
    }
}
