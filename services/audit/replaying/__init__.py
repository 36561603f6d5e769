"""What happened, told anew from events alone (*genafspilning*)."""
