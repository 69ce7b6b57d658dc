namespace NetworkIdentity.Registry;

/// <summary>A table as the database itself describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Columns">Its columns, in the order of their names, since engines and migrations may order them otherwise.</param>
/// <param name="Order">The primary key, as an order that is the same on every engine: by bytes, whatever the collation.</param>
internal sealed record TableShape(string Name, IReadOnlyList<string> Columns, string Order)
{
    /// <summary>The columns, for a statement.</summary>
    public string ColumnList => string.Join(", ", Columns.Select(Quote));

    /// <summary>All rows, in order.</summary>
    public string SelectAll => $"SELECT {ColumnList} FROM {Quote(Name)} ORDER BY {Order}";

    /// <summary>A name as SQL.</summary>
    public static string Quote(string name) => $"\"{name}\"";
}
